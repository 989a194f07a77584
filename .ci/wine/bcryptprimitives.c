/*
 * Copyright 2026 The duplex authors. MIT license.
 *
 * bcryptprimitives.dll for Wine 8, which has none. The Go runtime takes its random
 * numbers from ProcessPrng, and ends the program at its start if that is missing.
 * SystemFunction036 is the RtlGenRandom of advapi32.dll.
 */
#include <stddef.h>

__declspec(dllimport) unsigned char __stdcall SystemFunction036(void *buffer, unsigned long size);

__declspec(dllexport) int __stdcall ProcessPrng(unsigned char *buffer, size_t size)
{
	const size_t most = 1 << 20;

	while (size > 0) {
		unsigned long part = (unsigned long)(size < most ? size : most);

		if (!SystemFunction036(buffer, part))
			return 0;
		buffer += part;
		size -= part;
	}
	return 1;
}
