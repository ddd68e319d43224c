// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DType, Descriptor, Rule} from "../types/Descriptor.sol";
import {GeometryLib} from "./GeometryLib.sol";
import {RuleLib} from "./RuleLib.sol";

/// @notice How a number of some type lies in the lower bytes of a word: it is `signextend(top, word) & mask`.
struct Form {
    uint256 width; // in bytes
    uint256 top; // its highest byte, or the word's where it has no sign
    uint256 mask;
}

/// @title Sets of element types, and the rules that operators make of them. Bit `dtype` of a set stands for a type.
library TypeLib {
    uint256 internal constant U8 = 1 << DType.U8;
    uint256 internal constant BOOL = 1 << DType.BOOL;
    uint256 internal constant WIDE = (1 << DType.I32) | (1 << DType.I64);
    uint256 internal constant SIGNED = WIDE | (1 << DType.I8) | (1 << DType.I16);
    uint256 internal constant UNSIGNED = U8 | (1 << DType.U16) | (1 << DType.U32) | (1 << DType.U64);
    uint256 internal constant INTEGERS = SIGNED | UNSIGNED;
    uint256 internal constant ALL = INTEGERS | BOOL;
    /// @dev Those whose numbers an ONNX runtime compares, shifts, chooses and reduces.
    uint256 internal constant COMPARED = INTEGERS & ~((1 << DType.I16) | (1 << DType.U16));
    uint256 internal constant SHIFTED = UNSIGNED & ~(1 << DType.U16);
    uint256 internal constant CHOSEN = WIDE | U8;
    uint256 internal constant REDUCED = WIDE | U8 | (1 << DType.I8);

    function contains(uint256 set, uint256 dtype) internal pure returns (bool) {
        return (set >> dtype) & 1 == 1;
    }

    function form(uint256 dtype) internal pure returns (Form memory) {
        uint256 width = GeometryLib.width(dtype);
        if (contains(SIGNED, dtype)) return Form(width, width - 1, type(uint256).max);
        return Form(width, 31, (1 << (8 * width)) - 1);
    }

    /// @notice Rules 21 and 22: operands of one type of `set`, and an output of that type.
    function checkSame(Descriptor memory descriptor, uint256 set) internal pure {
        uint256 dtype = checkOperands(descriptor, 0, set);
        checkOut(descriptor, dtype);
    }

    /// @notice Rule 21: the operands from number `first` on have one type of `set`, which is returned.
    function checkOperands(
        Descriptor memory descriptor,
        uint256 first,
        uint256 set
    ) internal pure returns (uint256 dtype) {
        dtype = descriptor.operands[first].geometry.dtype;
        bool fits = contains(set, dtype);
        for (uint256 i = first + 1; i < descriptor.operands.length; ++i)
            fits = fits && descriptor.operands[i].geometry.dtype == dtype;
        RuleLib.check(fits, Rule.OPERAND_DTYPE);
    }

    /// @notice Rule 21 for one operand alone.
    function checkOperand(Descriptor memory descriptor, uint256 operand, uint256 set) internal pure {
        bool fits = contains(set, descriptor.operands[operand].geometry.dtype);
        RuleLib.check(fits, Rule.OPERAND_DTYPE);
    }

    /// @notice Rule 22.
    function checkOut(Descriptor memory descriptor, uint256 dtype) internal pure {
        RuleLib.check(descriptor.out.dtype == dtype, Rule.OUTPUT_DTYPE);
    }
}
