// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RuleLib} from "../libraries/RuleLib.sol";
import {Tensor, TensorLib} from "../libraries/TensorLib.sol";
import {TypeLib} from "../libraries/TypeLib.sol";
import {DType, Descriptor, Geometry, Rule, Source} from "../types/Descriptor.sol";
import {Pass} from "../types/Trace.sol";

/// @title Stop: whether this pass is the last.
/// @dev Operand stop (slot, bool or u8, one element). The last pass that a program may take is the last in any case.
library Stop {
    using TensorLib for Tensor;

    function checkShape(Descriptor memory descriptor) internal pure {
        Geometry memory a = descriptor.operands[0].geometry;
        Geometry memory out = descriptor.out;
        RuleLib.check(descriptor.operands[0].source == Source.SLOT, Rule.OPERAND_SOURCES);
        TypeLib.checkOperand(descriptor, 0, TypeLib.BOOL | TypeLib.U8);
        TypeLib.checkOut(descriptor, DType.U8);
        RuleLib.check(a.elements == 1, Rule.OPERAND_SHAPES);
        RuleLib.check(out.dims.length == 1 && out.elements == 1, Rule.OUTPUT_SHAPE);
    }

    function element(Tensor[] memory operands, Pass memory pass) internal pure returns (int256) {
        bool last = operands[0].elementAt(0) != 0 || pass.number + 1 == pass.most;
        return last ? int256(1) : int256(0);
    }
}
