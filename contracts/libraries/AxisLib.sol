// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Descriptor, Geometry, Rule} from "../types/Descriptor.sol";
import {RuleLib} from "./RuleLib.sol";

/// @title What operators share whose first attribute is an axis, or whose attributes say something of each axis.
library AxisLib {
    /// @dev The most elements along an axis that one element may read.
    uint256 internal constant MAX_ROW = 32_768;
    uint256 private constant AXES = 8;

    /// @notice Rules 23 and 24: the tensor has an axis of that number.
    function checkAxis(Descriptor memory descriptor, Geometry memory geometry) internal pure {
        RuleLib.check(geometry.dims.length > 0, Rule.RANKS);
        RuleLib.check(isAxis(descriptor.attributes[0], geometry), Rule.ATTRIBUTE_OUT_OF_BOUNDS);
    }

    function isAxis(int256 axis, Geometry memory geometry) internal pure returns (bool) {
        return axis >= 0 && axis < int256(geometry.dims.length);
    }

    /// @notice Rules 23 to 27 of operators that make one element of each row along an axis; attributes axis, keepdims.
    function checkReduction(Descriptor memory descriptor) internal pure {
        Geometry memory a = descriptor.operands[0].geometry;
        int256 keepDims = descriptor.attributes[1];
        RuleLib.check(a.dims.length > 0, Rule.RANKS);
        bool fits = isAxis(descriptor.attributes[0], a) && (keepDims == 0 || keepDims == 1);
        RuleLib.check(fits, Rule.ATTRIBUTE_OUT_OF_BOUNDS);
        uint256 axis = uint256(descriptor.attributes[0]);
        fits = _isReduced(a.dims, descriptor.out.dims, axis, keepDims == 1);
        RuleLib.check(fits, Rule.OUTPUT_SHAPE);
        RuleLib.check(a.dims[axis] <= MAX_ROW, Rule.READS_TOO_MUCH);
    }

    /// @notice Where the row of a reduced element begins in the operand's layout, how far apart its elements lie, how many.
    function row(
        Descriptor memory descriptor,
        Geometry memory a,
        uint256[] memory index
    ) internal pure returns (uint256 position, uint256 stride, uint256 count) {
        uint256 axis = uint256(descriptor.attributes[0]);
        bool keepDims = descriptor.attributes[1] == 1;
        for (uint256 i = 0; i < a.dims.length; ++i) {
            if (i != axis) position += index[keepDims || i < axis ? i : i - 1] * a.strides[i];
        }
        return (position, a.strides[axis], a.dims[axis]);
    }

    /// @notice Where in the layout an element lies whose index along `axis` is `value` instead.
    function placeWith(
        Geometry memory geometry,
        uint256[] memory index,
        uint256 axis,
        uint256 value
    ) internal pure returns (uint256 position) {
        for (uint256 i = 0; i < index.length; ++i)
            position += (i == axis ? value : index[i]) * geometry.strides[i];
    }

    /// @notice Whether every other dimension than `axis` is at most that of the data, which has the same rank.
    function isWithin(
        Geometry memory indices,
        Geometry memory data,
        uint256 axis
    ) internal pure returns (bool) {
        for (uint256 i = 0; i < data.dims.length; ++i) {
            if (i != axis && indices.dims[i] > data.dims[i]) return false;
        }
        return true;
    }

    /// @notice Whether two shapes of one rank have the same dimensions but for `axis`.
    function sameBut(Geometry memory a, Geometry memory b, uint256 axis) internal pure returns (bool) {
        for (uint256 i = 0; i < a.dims.length; ++i) {
            if (i != axis && a.dims[i] != b.dims[i]) return false;
        }
        return true;
    }

    /// @notice Whether of eight attributes from `first` on, one for each axis, those of axes that are not there have the
    /// value `neutral`.
    function isPadded(
        int256[] memory attributes,
        uint256 first,
        uint256 rank,
        int256 neutral
    ) internal pure returns (bool) {
        for (uint256 axis = rank; axis < AXES; ++axis) {
            if (attributes[first + axis] != neutral) return false;
        }
        return true;
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
