# grading/core/__init__.py: what the grader is made of: labs, builds, a watched machine, puppets, tests, scores. (all labs)
