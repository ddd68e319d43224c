// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {GeometryLib} from "../libraries/GeometryLib.sol";
import {RuleLib} from "../libraries/RuleLib.sol";
import {Tensor, TensorLib} from "../libraries/TensorLib.sol";
import {DType, Descriptor, Geometry, Rule} from "../types/Descriptor.sol";

/// @title Clip: out = min(max(A, lowest), highest).
/// @dev A is i32 or i64; attributes lowest, highest.
library Clip {
    using GeometryLib for Geometry;
    using TensorLib for Tensor;

    function checkShape(Descriptor memory descriptor) internal pure {
        Geometry memory a = descriptor.operands[0].geometry;
        bool fits = a.dtype == DType.I32 || a.dtype == DType.I64;
        RuleLib.check(fits, Rule.OPERAND_DTYPE);
        RuleLib.check(descriptor.out.dtype == a.dtype, Rule.OUTPUT_DTYPE);
        int256 lowest = descriptor.attributes[0];
        int256 highest = descriptor.attributes[1];
        fits = lowest <= highest;
        if (a.dtype == DType.I32) fits = fits && lowest >= type(int32).min && highest <= type(int32).max;
        RuleLib.check(fits, Rule.ATTRIBUTE_OUT_OF_BOUNDS);
        RuleLib.check(a.sameDims(descriptor.out), Rule.OUTPUT_SHAPE);
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
