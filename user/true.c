/* user/true.c: the smallest program: does nothing, successfully. (lab 3) */
int main(void)
{
	return 0;
}
