// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Opcode} from "../types/Descriptor.sol";

/// @title Operator set 1: which operators there are, by the judge that knows them. Bit `opcode` stands for an operator.
library OperatorSet {
    /// @dev Those whose elements combine many elements.
    uint256 internal constant SUMS =
        (1 << Opcode.MAT_MUL_INTEGER) |
            (1 << Opcode.CONV_INTEGER) |
            (1 << Opcode.MAX_POOL) |
            (1 << Opcode.ARG_MAX);
    /// @dev Those whose elements come from one element of each operand.
    uint256 internal constant ELEMENTS =
        (1 << Opcode.ADD) | (1 << Opcode.DIV) | (1 << Opcode.CLIP) | (1 << Opcode.CAST);
    /// @dev Those whose elements are elements of an operand.
    uint256 internal constant MOVEMENTS = (1 << Opcode.RESHAPE) | (1 << Opcode.COLLECT);
}
