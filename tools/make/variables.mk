# tools/make/variables.mk: what may be set on make's command line, checked before anything is built.

ifeq ($(filter $(ARCH),i386 mips),)
$(error ARCH=$(ARCH): OurOS runs on ARCH=i386 (the default) and ARCH=mips)
endif

# The VARIANT suffix of the object folder names every choice that differs from the default.
VARIANT :=
KDEFS := -DPT_BASE=$(PT_BASE)
ifneq ($(PT_BASE),0xC0000000)
VARIANT := $(VARIANT)-$(PT_BASE)
endif
ifdef TESTS
VARIANT := $(VARIANT)-tests
KDEFS += -DTESTS
endif
ifdef DEBUG
VARIANT := $(VARIANT)-debug
KDEFS += -DDEBUG
endif
ifdef HAZARD
VARIANT := $(VARIANT)-hazard$(HAZARD)
KDEFS += -DHAZARD=$(HAZARD)
endif
ifdef TOOLCHAIN
VARIANT := $(VARIANT)-$(TOOLCHAIN)
endif
