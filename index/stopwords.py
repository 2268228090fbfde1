"""English words too common to rank by, folded as tokens are.

They are left out of free-text queries only; phrases and the index keep them.
"""

from __future__ import annotations

_WORDS = """
    a about above across after again against all almost also although always am among an and another any
    are arent as at be because been before being below between both but by can cannot cant could couldnt did
    didnt do does doesnt doing dont down during each either else ever every few for from further had hadnt
    has hasnt have havent having he hed hence her here hers herself him himself his how however i id if ill
    im in into is isnt it its itself ive just lets may me might more most much must my myself neither no nor
    not of off on once only onto or other our ours ourselves out over own per rather same shall shant she
    shed should shouldnt since so some such than that thats the their theirs them themselves then there
    therefore these they theyd theyll theyre theyve this those though through thus to too toward towards
    under until up upon very via was wasnt we weve were werent what whatever when where whether which while
    who whom whose why will with within without wont would wouldnt yet you youd youll your youre yours
    yourself yourselves youve
"""

STOP_WORDS = frozenset(_WORDS.split())
