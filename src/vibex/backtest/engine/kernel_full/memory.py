"""From addresses to records and numbers, inside compiled code.

numba hands a tuple of arrays from function to function by all the words of all its arrays, which here are hundreds:
compiling that takes minutes. So the `World` is one record that knows where each list lies, and a function that works
on it takes one word. `play` keeps the lists alive while the code runs; nothing here checks an index, as elsewhere in
compiled code.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numba
from numba import types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array, populate_array

from vibex.backtest.engine.kernel_records import dtype_of


def records_of(record: type) -> Callable[[int, int], Any]:
    """(address, index) → the record there, to read and to write; `record` names its fields."""
    dtype = dtype_of(record)
    kind, size = numba.from_dtype(dtype), dtype.itemsize

    @intrinsic
    def record_at(_typing: Any, _address: Any, _index: Any) -> Any:
        def code(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            offset = builder.mul(arguments[1], context.get_constant(types.int64, size))
            return builder.inttoptr(builder.add(arguments[0], offset), context.get_value_type(kind))

        return kind(types.int64, types.int64), code

    return cast("Callable[[int, int], Any]", record_at)


def values_of(kind: Any) -> Callable[[int, int], Any]:
    """(address, index) → the number of a numba type there."""
    size = kind.bitwidth // 8

    @intrinsic
    def value_at(_typing: Any, _address: Any, _index: Any) -> Any:
        def code(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            offset = builder.mul(arguments[1], context.get_constant(types.int64, size))
            place = builder.add(arguments[0], offset)
            return builder.load(builder.inttoptr(place, context.get_value_type(kind).as_pointer()))

        return kind(types.int64, types.int64), code

    return cast("Callable[[int, int], Any]", value_at)


def tables_of(kind: Any) -> Callable[[int, int, int], Any]:
    """(address, rows, columns) → that table of a numba type, row after row."""
    table = types.Array(kind, 2, "C")

    @intrinsic
    def table_at(_typing: Any, _address: Any, _rows: Any, _columns: Any) -> Any:
        def code(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            array = make_array(table)(context, builder)  # type: ignore[no-untyped-call]
            size = context.get_constant(types.intp, context.get_abi_sizeof(context.get_data_type(kind)))
            populate_array(  # type: ignore[no-untyped-call]
                array,
                data=builder.inttoptr(arguments[0], array.data.type),
                shape=arguments[1:],
                strides=(builder.mul(arguments[2], size), size),
                itemsize=size,
                meminfo=None,
            )
            return array._getvalue()  # noqa: SLF001  the way numba's own arrays are returned

        return table(types.int64, types.int64, types.int64), code

    return cast("Callable[[int, int, int], Any]", table_at)
