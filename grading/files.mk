# grading/files.mk: what the staff of a course make out of this tree. (all labs)

#= OUT=                  make handout, make patch: the new folder, the file; KEEP=dir, FROM=commit: see there

#: handout         a student's tree, for lab LAB, in the new folder OUT; KEEP=dir: with that student's work of an earlier lab
handout:
	@python3 grading/handout.py handout $(call quoted,$(LAB)) $(call quoted,$(OUT)) --keep $(call quoted,$(KEEP))
#: patch           from the handout of lab LAB at commit FROM to today's: the file OUT, for git am in trees handed out
patch:
	@python3 grading/handout.py patch $(call quoted,$(FROM)) $(call quoted,$(LAB)) $(call quoted,$(OUT))
.PHONY: handout patch
