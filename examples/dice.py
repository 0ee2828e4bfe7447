"""Dice, for all bots: ``!roll 2d6`` is two dice with six faces each."""

import random
import re

_ROLL = re.compile(r"^!roll (\d{1,2})d(\d{1,3})$")


def answer(text: str) -> str:
    """What to say to a line; nothing where it is no roll."""
    roll = _ROLL.match(text.strip())
    if roll is None or not int(roll[2]):
        return ""
    dice = [random.randint(1, int(roll[2])) for _ in range(int(roll[1]))]
    return f"{' + '.join(map(str, dice)) or 'nothing'} = {sum(dice)}"
