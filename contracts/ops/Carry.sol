// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {GeometryLib} from "../libraries/GeometryLib.sol";
import {RuleLib} from "../libraries/RuleLib.sol";
import {Tensor, TensorLib} from "../libraries/TensorLib.sol";
import {TypeLib} from "../libraries/TypeLib.sol";
import {Descriptor, Geometry, Rule, Source} from "../types/Descriptor.sol";
import {Pass} from "../types/Trace.sol";

/// @title Carry: what the next pass goes on with.
/// @dev Operands initial (input or constant), which the first pass reads, and next (slot), which every other pass reads of
/// the pass before.
library Carry {
    using GeometryLib for Geometry;
    using TensorLib for Tensor;

    function checkShape(Descriptor memory descriptor) internal pure {
        Geometry memory initial = descriptor.operands[0].geometry;
        Geometry memory next = descriptor.operands[1].geometry;
        bool fits = descriptor.operands[0].source != Source.SLOT;
        fits = fits && descriptor.operands[1].source == Source.SLOT;
        RuleLib.check(fits, Rule.OPERAND_SOURCES);
        TypeLib.checkSame(descriptor, TypeLib.INTEGERS);
        RuleLib.check(initial.sameDims(next), Rule.OPERAND_SHAPES);
        RuleLib.check(initial.sameDims(descriptor.out), Rule.OUTPUT_SHAPE);
    }

    function element(
        Tensor[] memory operands,
        uint256[] memory index,
        Pass memory pass
    ) internal pure returns (int256) {
        return operands[pass.number == 0 ? 0 : 1].broadcastAt(index);
    }
}
