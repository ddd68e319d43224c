// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AxisLib} from "../libraries/AxisLib.sol";
import {GeometryLib} from "../libraries/GeometryLib.sol";
import {RuleLib} from "../libraries/RuleLib.sol";
import {Tensor, TensorLib} from "../libraries/TensorLib.sol";
import {TypeLib} from "../libraries/TypeLib.sol";
import {Descriptor, Geometry, Rule} from "../types/Descriptor.sol";

/// @title ScatterElements: the data, with updates at places along an axis that the indices say; of several the last.
/// @dev Operands data, indices (i32 or i64), updates; attribute axis. A program is only accepted with indices proven to be
/// places, and distinct along the axis.
library ScatterElements {
    using GeometryLib for Geometry;
    using TensorLib for Tensor;

    uint256 private constant MAX_UPDATES = 1024; // along the axis

    function checkShape(Descriptor memory descriptor) internal pure {
        Geometry memory data = descriptor.operands[0].geometry;
        Geometry memory indices = descriptor.operands[1].geometry;
        Geometry memory updates = descriptor.operands[2].geometry;
        TypeLib.checkOperand(descriptor, 1, TypeLib.WIDE);
        RuleLib.check(updates.dtype == data.dtype, Rule.OPERAND_DTYPE);
        TypeLib.checkOut(descriptor, data.dtype);
        uint256 rank = data.dims.length;
        RuleLib.check(indices.dims.length == rank && updates.dims.length == rank, Rule.RANKS);
        AxisLib.checkAxis(descriptor, data);
        uint256 axis = uint256(descriptor.attributes[0]);
        bool fits = indices.sameDims(updates) && AxisLib.isWithin(indices, data, axis);
        RuleLib.check(fits, Rule.OPERAND_SHAPES);
        RuleLib.check(data.sameDims(descriptor.out), Rule.OUTPUT_SHAPE);
        RuleLib.check(indices.dims[axis] <= MAX_UPDATES, Rule.READS_TOO_MUCH);
    }

    function element(
        Descriptor memory descriptor,
        Tensor[] memory operands,
        uint256[] memory index
    ) internal pure returns (int256) {
        Geometry memory indices = operands[1].geometry;
        uint256 axis = uint256(descriptor.attributes[0]);
        bool within = true;
        for (uint256 i = 0; i < index.length; ++i)
            within = within && (i == axis || index[i] < indices.dims[i]);
        if (!within) return operands[0].broadcastAt(index);
        uint256 row = AxisLib.placeWith(indices, index, axis, 0);
        uint256 found = operands[1].lastOf(
            row,
            indices.strides[axis],
            indices.dims[axis],
            int256(index[axis])
        );
        if (found == 0) return operands[0].broadcastAt(index);
        return operands[2].elementAt(AxisLib.placeWith(operands[2].geometry, index, axis, found - 1));
    }
}
