// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RuleLib} from "../libraries/RuleLib.sol";
import {Tensor, TensorLib} from "../libraries/TensorLib.sol";
import {DType, Descriptor, Geometry, Rule} from "../types/Descriptor.sol";

/// @title ArgMax: where the largest element along an axis stands; of equals the first.
/// @dev Attributes axis, keepdims; the output is i64.
library ArgMax {
    using TensorLib for Tensor;

    function checkShape(Descriptor memory descriptor) internal pure {
        Geometry memory a = descriptor.operands[0].geometry;
        int256 axis = descriptor.attributes[0];
        int256 keepDims = descriptor.attributes[1];
        RuleLib.check(descriptor.out.dtype == DType.I64, Rule.OUTPUT_DTYPE);
        RuleLib.check(a.dims.length > 0, Rule.RANKS);
        bool fits = axis >= 0 && axis < int256(a.dims.length) && (keepDims == 0 || keepDims == 1);
        RuleLib.check(fits, Rule.ATTRIBUTE_OUT_OF_BOUNDS);
        fits = _isReduced(a.dims, descriptor.out.dims, uint256(axis), keepDims == 1);
        RuleLib.check(fits, Rule.OUTPUT_SHAPE);
        fits = a.dims[uint256(axis)] <= 32_768;
        RuleLib.check(fits, Rule.READS_TOO_MUCH);
    }

    function element(
        Descriptor memory descriptor,
        Tensor[] memory operands,
        uint256[] memory index
    ) internal pure returns (int256) {
        Geometry memory a = operands[0].geometry;
        uint256 axis = uint256(descriptor.attributes[0]);
        bool keepDims = descriptor.attributes[1] == 1;
        uint256 position = 0;
        for (uint256 i = 0; i < a.dims.length; ++i) {
            if (i != axis) position += index[keepDims || i < axis ? i : i - 1] * a.strides[i];
        }
        (, uint256 first) = operands[0].largest(position, a.strides[axis], a.dims[axis]);
        return int256(first);
    }

    function _isReduced(
        uint256[] memory dims,
        uint256[] memory reduced,
        uint256 axis,
        bool keepDims
    ) private pure returns (bool) {
        if (reduced.length != (keepDims ? dims.length : dims.length - 1)) return false;
        for (uint256 i = 0; i < dims.length; ++i) {
            if (i == axis) {
                if (keepDims && reduced[i] != 1) return false;
            } else if (reduced[keepDims || i < axis ? i : i - 1] != dims[i]) {
                return false;
            }
        }
        return true;
    }
}
