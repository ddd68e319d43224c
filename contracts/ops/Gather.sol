// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AxisLib} from "../libraries/AxisLib.sol";
import {RuleLib} from "../libraries/RuleLib.sol";
import {Tensor, TensorLib} from "../libraries/TensorLib.sol";
import {TypeLib} from "../libraries/TypeLib.sol";
import {Descriptor, Geometry, Rule} from "../types/Descriptor.sol";

/// @title Gather: slices of the data along an axis, at places that the indices say; zero where there is no such place.
/// @dev Operands data, indices (i32 or i64); attribute axis. A program is only accepted with every index proven to be one.
library Gather {
    using TensorLib for Tensor;

    function checkShape(Descriptor memory descriptor) internal pure {
        Geometry memory data = descriptor.operands[0].geometry;
        Geometry memory indices = descriptor.operands[1].geometry;
        TypeLib.checkOperand(descriptor, 1, TypeLib.WIDE);
        TypeLib.checkOut(descriptor, data.dtype);
        bool fits = data.dims.length > 0 && data.dims.length + indices.dims.length <= 9;
        RuleLib.check(fits, Rule.RANKS);
        AxisLib.checkAxis(descriptor, data);
        fits = _isGathered(data.dims, indices.dims, descriptor.out.dims, uint256(descriptor.attributes[0]));
        RuleLib.check(fits, Rule.OUTPUT_SHAPE);
    }

    function element(
        Descriptor memory descriptor,
        Tensor[] memory operands,
        uint256[] memory index
    ) internal pure returns (int256) {
        Geometry memory data = operands[0].geometry;
        Geometry memory indices = operands[1].geometry;
        uint256 axis = uint256(descriptor.attributes[0]);
        uint256 position = 0;
        for (uint256 i = 0; i < indices.dims.length; ++i) position += index[axis + i] * indices.strides[i];
        int256 place = operands[1].elementAt(position);
        if (place < 0 || place >= int256(data.dims[axis])) return 0;
        position = uint256(place) * data.strides[axis];
        for (uint256 i = 0; i < data.dims.length; ++i) {
            if (i < axis) position += index[i] * data.strides[i];
            else if (i > axis) position += index[i + indices.dims.length - 1] * data.strides[i];
        }
        return operands[0].elementAt(position);
    }

    /// @dev The output has the axes of the indices in the place of the axis.
    function _isGathered(
        uint256[] memory data,
        uint256[] memory indices,
        uint256[] memory out,
        uint256 axis
    ) private pure returns (bool) {
        if (out.length + 1 != data.length + indices.length) return false;
        for (uint256 i = 0; i < out.length; ++i) {
            uint256 dim;
            if (i < axis) dim = data[i];
            else if (i < axis + indices.length) dim = indices[i - axis];
            else dim = data[i + 1 - indices.length];
            if (out[i] != dim) return false;
        }
        return true;
    }
}
