// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AxisLib} from "../libraries/AxisLib.sol";
import {RuleLib} from "../libraries/RuleLib.sol";
import {Tensor, TensorLib} from "../libraries/TensorLib.sol";
import {TypeLib} from "../libraries/TypeLib.sol";
import {Descriptor, Geometry, Rule} from "../types/Descriptor.sol";

/// @title Concat: the operands one after the other along an axis.
/// @dev One to eight operands of one type; attribute axis.
library Concat {
    using TensorLib for Tensor;

    function checkShape(Descriptor memory descriptor) internal pure {
        Geometry memory first = descriptor.operands[0].geometry;
        TypeLib.checkSame(descriptor, TypeLib.ALL);
        bool ranked = true;
        for (uint256 i = 1; i < descriptor.operands.length; ++i)
            ranked = ranked && descriptor.operands[i].geometry.dims.length == first.dims.length;
        RuleLib.check(ranked, Rule.RANKS);
        AxisLib.checkAxis(descriptor, first);
        _checkDims(descriptor, first, uint256(descriptor.attributes[0]));
    }

    function element(
        Descriptor memory descriptor,
        Tensor[] memory operands,
        uint256[] memory index
    ) internal pure returns (int256) {
        uint256 axis = uint256(descriptor.attributes[0]);
        uint256 place = index[axis];
        uint256 operand = 0;
        while (place >= operands[operand].geometry.dims[axis]) {
            place -= operands[operand].geometry.dims[axis];
            ++operand;
        }
        Geometry memory a = operands[operand].geometry;
        return operands[operand].elementAt(AxisLib.placeWith(a, index, axis, place));
    }

    function _checkDims(Descriptor memory descriptor, Geometry memory first, uint256 axis) private pure {
        Geometry memory out = descriptor.out;
        uint256 length = 0;
        bool fits = true;
        for (uint256 i = 0; i < descriptor.operands.length; ++i) {
            Geometry memory a = descriptor.operands[i].geometry;
            length += a.dims[axis];
            fits = fits && AxisLib.sameBut(a, first, axis);
        }
        RuleLib.check(fits, Rule.OPERAND_SHAPES);
        fits = out.dims.length == first.dims.length;
        fits = fits && AxisLib.sameBut(out, first, axis) && out.dims[axis] == length;
        RuleLib.check(fits, Rule.OUTPUT_SHAPE);
    }
}
