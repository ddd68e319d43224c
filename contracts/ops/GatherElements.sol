// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AxisLib} from "../libraries/AxisLib.sol";
import {GeometryLib} from "../libraries/GeometryLib.sol";
import {RuleLib} from "../libraries/RuleLib.sol";
import {Tensor, TensorLib} from "../libraries/TensorLib.sol";
import {TypeLib} from "../libraries/TypeLib.sol";
import {Descriptor, Geometry, Rule} from "../types/Descriptor.sol";

/// @title GatherElements: elements of the data at places along an axis that the indices say; zero where there is no such place.
/// @dev Operands data, indices (i32 or i64); attribute axis. A program is only accepted with every index proven to be one.
library GatherElements {
    using GeometryLib for Geometry;
    using TensorLib for Tensor;

    function checkShape(Descriptor memory descriptor) internal pure {
        Geometry memory data = descriptor.operands[0].geometry;
        Geometry memory indices = descriptor.operands[1].geometry;
        TypeLib.checkOperand(descriptor, 1, TypeLib.WIDE);
        TypeLib.checkOut(descriptor, data.dtype);
        RuleLib.check(data.dims.length == indices.dims.length, Rule.RANKS);
        AxisLib.checkAxis(descriptor, data);
        bool fits = AxisLib.isWithin(indices, data, uint256(descriptor.attributes[0]));
        RuleLib.check(fits, Rule.OPERAND_SHAPES);
        RuleLib.check(indices.sameDims(descriptor.out), Rule.OUTPUT_SHAPE);
    }

    function element(
        Descriptor memory descriptor,
        Tensor[] memory operands,
        uint256[] memory index
    ) internal pure returns (int256) {
        Geometry memory data = operands[0].geometry;
        uint256 axis = uint256(descriptor.attributes[0]);
        int256 place = operands[1].broadcastAt(index);
        if (place < 0 || place >= int256(data.dims[axis])) return 0;
        return operands[0].elementAt(AxisLib.placeWith(data, index, axis, uint256(place)));
    }
}
