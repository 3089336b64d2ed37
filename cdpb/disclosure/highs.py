"""Linear and integer programs through highspy, where that is installed.

It is the same solver that SciPy brings, but handing a small program over takes it a tenth of the
time. Both are asked as `scipy.optimize.linprog` and `milp` are, as far as they are used here.
"""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import highspy
import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint

# As SciPy numbers them.
ENDS = {"kOptimal": 0, "kTimeLimit": 1, "kIterationLimit": 1, "kInfeasible": 2, "kUnbounded": 3}
ANOTHER_END = 4
FEASIBLE = 2


def linprog(
    c: Sequence[float] | np.ndarray,
    A_ub: Any = None,  # noqa: N803
    b_ub: Any = (),
    A_eq: Any = None,  # noqa: N803
    b_eq: Any = (),
    bounds: Any = (0, np.inf),
    method: str = "highs",
    options: Mapping[str, Any] | None = None,
) -> SimpleNamespace:
    """The least of a linear aim; ``eqlin.marginals`` has one multiplier an equation."""
    parts = [(A_eq, b_eq, b_eq), (A_ub, np.full(len(b_ub), -np.inf), b_ub)]
    rows = [LinearConstraint(matrix, low, high) for matrix, low, high in parts if len(high)]
    each = np.broadcast_to(np.array(bounds, dtype=float), (len(c), 2))
    found = milp(c, bounds=Bounds(each[:, 0], each[:, 1]), constraints=rows, options=options)
    found.eqlin = SimpleNamespace(marginals=found.multipliers[: len(b_eq)])
    return found


def milp(
    c: Sequence[float] | np.ndarray,
    integrality: np.ndarray | None = None,
    bounds: Bounds | None = None,
    constraints: LinearConstraint | Sequence[LinearConstraint] = (),
    options: Mapping[str, Any] | None = None,
) -> SimpleNamespace:
    """The same where some counts must be whole; ``mip_dual_bound`` is what none goes below."""
    given = [constraints] if isinstance(constraints, LinearConstraint) else list(constraints)
    solver = highspy.Highs()
    solver.silent()
    for name, value in {"threads": 1, **(options or {})}.items():
        if name != "disp":
            solver.setOptionValue(name, value)
    solver.passModel(_program(np.asarray(c, dtype=float), integrality, bounds, given))
    solver.run()
    return _found(solver)


def _program(
    aim: np.ndarray,
    integrality: np.ndarray | None,
    bounds: Bounds | None,
    constraints: Sequence[LinearConstraint],
) -> highspy.HighsLp:
    rows = sparse.vstack(
        [sparse.csr_array((0, len(aim))), *(sparse.csr_array(each.A) for each in constraints)],
        format="csr",
    )
    program, matrix = highspy.HighsLp(), highspy.HighsSparseMatrix()
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.num_row_, matrix.num_col_ = rows.shape
    matrix.start_, matrix.index_ = rows.indptr.astype(np.int32), rows.indices.astype(np.int32)
    matrix.value_ = rows.data.astype(float)
    program.num_row_, program.num_col_ = rows.shape
    program.a_matrix_, program.col_cost_ = matrix, aim
    least, most = (0.0, np.inf) if bounds is None else (bounds.lb, bounds.ub)
    program.col_lower_, program.col_upper_ = _whole(least, len(aim)), _whole(most, len(aim))
    ends = [(_whole(each.lb, each.A.shape[0]), _whole(each.ub, each.A.shape[0]))
            for each in constraints]  # fmt: skip
    program.row_lower_ = np.concatenate([np.zeros(0), *(low for low, _ in ends)])
    program.row_upper_ = np.concatenate([np.zeros(0), *(high for _, high in ends)])
    if integrality is not None and np.any(integrality):
        kinds = highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger
        program.integrality_ = [kinds[int(whole)] for whole in integrality]
    return program


def _whole(value: Any, size: int) -> np.ndarray:
    return np.array(np.broadcast_to(np.asarray(value, dtype=float), (size,)))


def _found(solver: highspy.Highs) -> SimpleNamespace:
    end, told, answer = solver.getModelStatus(), solver.getInfo(), solver.getSolution()
    status = ENDS.get(end.name, ANOTHER_END)
    usable = status == 0 or (status == 1 and told.primal_solution_status == FEASIBLE)
    return SimpleNamespace(
        status=status,
        message=solver.modelStatusToString(end),
        x=np.array(answer.col_value) if usable else None,
        fun=told.objective_function_value if usable else None,
        multipliers=np.array(answer.row_dual),
        mip_dual_bound=told.mip_dual_bound,
    )
