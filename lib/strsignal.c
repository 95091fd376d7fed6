/* lib/strsignal.c: signals in words. (lab 4) */
#include <signal.h>
#include <stdio.h>
#include <string.h>

char *strsignal(int signal)
{
	switch (signal) {
#define SIGNAL_TEXT(name, number, text) case number: return text;
	SIGNAL_LIST(SIGNAL_TEXT)
	default: return "unknown signal";
	}
}

void psignal(int signal, const char *text)
{
	fprintf(stderr, "%s%s%s\n", text ? text : "", text && *text ? ": " : "", strsignal(signal));
}
