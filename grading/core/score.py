# grading/core/score.py: from results to points. (all labs)
ALONE, WHOLE = 0.7, 0.3  # of an exercise's points: its regions among staff's; in the student's whole tree


def fraction(results):
    """Of one exercise, machine and mode: weight passed by weight of all. Refusals pay only beside something that works."""
    total = sum(r.test.points for r in results)
    if not total:
        return 0.0
    works = any(r.status == "pass" and not r.test.refusal for r in results)
    return sum(r.test.points for r in results if r.status == "pass" and (works or not r.test.refusal)) / total


def of_exercise(exercise, results, archs):
    """Points (a float) and the most there are, on these machines: each machine has its equal part of the points."""
    part = exercise.points / len(exercise.archs)
    points = 0.0
    for arch in exercise.archs:
        if arch not in archs:
            continue
        for mode, share in (("alone", ALONE), ("whole", WHOLE)):
            points += part * share * fraction([r for r in results if r.test.exercise == exercise.id and r.arch == arch and r.mode == mode])
    return points, part * len([a for a in exercise.archs if a in archs])


def total(lab, results, archs):
    """(points, most) of the exercises that were tested, rounded to a tenth only at the end."""
    tested = {r.test.exercise for r in results}
    pairs = [of_exercise(e, results, archs) for e in lab.exercises if e.id in tested]
    return round(sum(p for p, _ in pairs) + 1e-9, 1), round(sum(m for _, m in pairs), 1)
