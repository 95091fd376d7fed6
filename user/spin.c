/* user/spin.c: keeps the CPU busy for ever: something to interrupt. Ctrl-] and kill, in the monitor, end it. (lab 3) */

int main(void)
{
	for (volatile unsigned turns = 0;; turns++)
		;
}
