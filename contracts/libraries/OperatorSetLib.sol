// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Opcode} from "../types/Descriptor.sol";

/// @title Operator set 1: which operators there are, by the judge that knows them, and what they take. Bit `opcode` of a
/// set stands for an operator.
library OperatorSetLib {
    /// @dev Those whose elements combine many elements.
    uint256 internal constant SUMS =
        (1 << Opcode.MAT_MUL_INTEGER) |
            (1 << Opcode.CONV_INTEGER) |
            (1 << Opcode.MAX_POOL) |
            (1 << Opcode.ARG_MAX) |
            (1 << Opcode.REDUCE_SUM) |
            (1 << Opcode.REDUCE_MAX) |
            (1 << Opcode.CUM_SUM);
    /// @dev Those whose elements combine one element of each of two operands.
    uint256 internal constant PAIRS =
        (1 << Opcode.ADD) |
            (1 << Opcode.DIV) |
            (1 << Opcode.SUB) |
            (1 << Opcode.MUL) |
            (1 << Opcode.MOD) |
            (1 << Opcode.MIN) |
            (1 << Opcode.MAX) |
            (1 << Opcode.BIT_SHIFT) |
            (1 << Opcode.BITWISE_AND) |
            (1 << Opcode.BITWISE_OR) |
            (1 << Opcode.BITWISE_XOR) |
            (1 << Opcode.EQUAL) |
            (1 << Opcode.LESS);
    /// @dev Those whose elements combine one element of each operand.
    uint256 internal constant ELEMENTS =
        PAIRS | (1 << Opcode.CLIP) | (1 << Opcode.CAST) | (1 << Opcode.WHERE) | (1 << Opcode.ISQRT);
    /// @dev Those whose elements are elements of an operand.
    uint256 internal constant MOVEMENTS =
        (1 << Opcode.RESHAPE) |
            (1 << Opcode.GATHER) |
            (1 << Opcode.GATHER_ELEMENTS) |
            (1 << Opcode.SCATTER_ELEMENTS) |
            (1 << Opcode.CONCAT) |
            (1 << Opcode.SLICE) |
            (1 << Opcode.PAD) |
            (1 << Opcode.TRANSPOSE) |
            (1 << Opcode.EXPAND) |
            (1 << Opcode.CARRY) |
            (1 << Opcode.STOP) |
            (1 << Opcode.COLLECT);
    uint256 internal constant ALL = SUMS | ELEMENTS | MOVEMENTS;

    function contains(uint256 set, uint256 opcode) internal pure returns (bool) {
        return (set >> opcode) & 1 == 1;
    }

    /// @notice How many operands an operator has, at least and at most.
    function operandsOf(uint256 opcode) internal pure returns (uint256 least, uint256 most) {
        if (opcode == Opcode.COLLECT) return (1, 16);
        if (opcode == Opcode.CONCAT) return (1, 8);
        uint256 count = 1;
        if (contains(PAIRS, opcode)) count = 2;
        else if (opcode == Opcode.MAT_MUL_INTEGER || opcode == Opcode.CONV_INTEGER) count = 2;
        else if (opcode == Opcode.GATHER || opcode == Opcode.GATHER_ELEMENTS) count = 2;
        else if (opcode == Opcode.CARRY) count = 2;
        else if (opcode == Opcode.WHERE || opcode == Opcode.SCATTER_ELEMENTS) count = 3;
        return (count, count);
    }

    /// @notice How many attributes an operator has.
    function attributesOf(uint256 opcode) internal pure returns (uint256) {
        if (opcode == Opcode.SLICE) return 16;
        if (opcode == Opcode.CONV_INTEGER) return 11;
        if (opcode == Opcode.MAX_POOL) return 10;
        if (opcode == Opcode.PAD) return 9;
        if (opcode == Opcode.TRANSPOSE) return 8;
        if (opcode == Opcode.CUM_SUM) return 3;
        if (opcode == Opcode.MAT_MUL_INTEGER || opcode == Opcode.CLIP) return 2;
        if (opcode == Opcode.ARG_MAX) return 2;
        if (opcode == Opcode.REDUCE_SUM || opcode == Opcode.REDUCE_MAX) return 2;
        if (opcode >= Opcode.GATHER && opcode <= Opcode.CONCAT) return 1;
        return opcode == Opcode.BIT_SHIFT ? 1 : 0;
    }
}
