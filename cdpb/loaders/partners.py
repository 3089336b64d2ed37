"""Every partner's return by its source."""

from cdpb.loaders import harm, justice, prevention, treatment
from cdpb.loaders.returns import Return

RETURNS: dict[str, Return] = {
    each.source_id: each
    for each in (*justice.RETURNS, *treatment.RETURNS, *harm.RETURNS, *prevention.RETURNS)
}
