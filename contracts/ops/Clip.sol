// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {GeometryLib} from "../libraries/GeometryLib.sol";
import {RuleLib} from "../libraries/RuleLib.sol";
import {Tensor, TensorLib} from "../libraries/TensorLib.sol";
import {TypeLib} from "../libraries/TypeLib.sol";
import {Descriptor, Geometry, Rule} from "../types/Descriptor.sol";

/// @title Clip: out = min(max(A, lowest), highest).
/// @dev A of 8, 32 or 64 bits; attributes lowest, highest.
library Clip {
    using GeometryLib for Geometry;
    using TensorLib for Tensor;

    function checkShape(Descriptor memory descriptor) internal pure {
        TypeLib.checkSame(descriptor, TypeLib.COMPARED);
        int256 lowest = descriptor.attributes[0];
        int256 highest = descriptor.attributes[1];
        uint256 dtype = descriptor.out.dtype;
        bool fits = lowest <= highest && TensorLib.holds(dtype, lowest) && TensorLib.holds(dtype, highest);
        RuleLib.check(fits, Rule.ATTRIBUTE_OUT_OF_BOUNDS);
        fits = descriptor.out.sameDims(descriptor.operands[0].geometry);
        RuleLib.check(fits, Rule.OUTPUT_SHAPE);
    }

    function element(
        Descriptor memory descriptor,
        Tensor[] memory operands,
        uint256[] memory index
    ) internal pure returns (int256) {
        int256 value = operands[0].broadcastAt(index);
        if (value < descriptor.attributes[0]) return descriptor.attributes[0];
        return value > descriptor.attributes[1] ? descriptor.attributes[1] : value;
    }
}
