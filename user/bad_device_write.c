/* user/bad_device_write.c: writes to a device's registers. The process must end. (lab 3) */
#include "bad.h"

int main(void)
{
	return write_word(DEVICE_BASE + 0x18000000);
}
