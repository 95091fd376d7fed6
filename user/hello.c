/* user/hello.c: says hello. (lab 3) */
#include <ouros.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	printf("hello, world: process %d on %s\n", getpid(), MACHINE_NAME);
	return 0;
}
