// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AxisLib} from "../libraries/AxisLib.sol";
import {GeometryLib} from "../libraries/GeometryLib.sol";
import {RuleLib} from "../libraries/RuleLib.sol";
import {Tensor, TensorLib} from "../libraries/TensorLib.sol";
import {TypeLib} from "../libraries/TypeLib.sol";
import {Descriptor, Geometry, Rule} from "../types/Descriptor.sol";

/// @title CumSum: the sum of the elements along an axis up to this one.
/// @dev A is i32 or i64; attributes axis, exclusive (without this one), reverse (from this one on). An empty sum is zero.
library CumSum {
    using GeometryLib for Geometry;
    using TensorLib for Tensor;

    function checkShape(Descriptor memory descriptor) internal pure {
        Geometry memory a = descriptor.operands[0].geometry;
        int256[] memory attributes = descriptor.attributes;
        TypeLib.checkSame(descriptor, TypeLib.WIDE);
        RuleLib.check(a.dims.length > 0, Rule.RANKS);
        bool fits = AxisLib.isAxis(attributes[0], a);
        fits = fits && (attributes[1] == 0 || attributes[1] == 1);
        fits = fits && (attributes[2] == 0 || attributes[2] == 1);
        RuleLib.check(fits, Rule.ATTRIBUTE_OUT_OF_BOUNDS);
        RuleLib.check(a.sameDims(descriptor.out), Rule.OUTPUT_SHAPE);
        RuleLib.check(a.dims[uint256(attributes[0])] <= AxisLib.MAX_ROW, Rule.READS_TOO_MUCH);
    }

    function element(
        Descriptor memory descriptor,
        Tensor[] memory operands,
        uint256[] memory index
    ) internal pure returns (int256) {
        Geometry memory a = operands[0].geometry;
        uint256 axis = uint256(descriptor.attributes[0]);
        uint256 excluded = uint256(descriptor.attributes[1]);
        uint256 first = 0;
        uint256 count = index[axis] + 1 - excluded;
        if (descriptor.attributes[2] == 1) {
            first = index[axis] + excluded;
            count = a.dims[axis] - first;
        }
        return operands[0].sum(AxisLib.placeWith(a, index, axis, first), a.strides[axis], count);
    }
}
