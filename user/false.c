/* user/false.c: does nothing, and reports failure. (lab 3) */
int main(void)
{
	return 1;
}
