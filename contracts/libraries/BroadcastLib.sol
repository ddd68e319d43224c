// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Descriptor, Geometry, Rule} from "../types/Descriptor.sol";
import {RuleLib} from "./RuleLib.sol";

/// @title Shapes that stretch to each other: aligned at the last axis, an axis of one element serves every index.
/// @dev `inner` is the number of last axes that take no part, as those of matrices do in a product of stacks.
library BroadcastLib {
    /// @notice Whether two shapes stretch to a common one.
    function compatible(Geometry memory a, Geometry memory b, uint256 inner) internal pure returns (bool) {
        uint256 ranks = a.dims.length > b.dims.length ? a.dims.length : b.dims.length;
        for (uint256 i = inner; i < ranks; ++i) {
            uint256 aDim = _dim(a, i);
            uint256 bDim = _dim(b, i);
            if (aDim != bDim && aDim != 1 && bDim != 1) return false;
        }
        return true;
    }

    /// @notice Whether `out`, of the larger rank, has the shape that two compatible ones stretch to.
    function yields(
        Geometry memory a,
        Geometry memory b,
        Geometry memory out,
        uint256 inner
    ) internal pure returns (bool) {
        for (uint256 i = inner; i < out.dims.length; ++i) {
            uint256 aDim = _dim(a, i);
            if (_dim(out, i) != (aDim == 1 ? _dim(b, i) : aDim)) return false;
        }
        return true;
    }

    /// @notice Rules 23 to 26 of operators without attributes that combine their operands element by element.
    function checkShape(Descriptor memory descriptor) internal pure {
        checkRank(descriptor);
        checkDims(descriptor);
    }

    /// @notice Rule 23: the output has the largest rank of an operand.
    function checkRank(Descriptor memory descriptor) internal pure {
        uint256 rank = 0;
        for (uint256 i = 0; i < descriptor.operands.length; ++i) {
            uint256 given = descriptor.operands[i].geometry.dims.length;
            if (given > rank) rank = given;
        }
        RuleLib.check(descriptor.out.dims.length == rank, Rule.RANKS);
    }

    /// @notice Rules 25 and 26: the operands stretch to one shape, and that is the output's.
    function checkDims(Descriptor memory descriptor) internal pure {
        Geometry memory out = descriptor.out;
        bool fits = true;
        bool yielded = true;
        for (uint256 axis = 0; axis < out.dims.length; ++axis) {
            uint256 common = 1;
            for (uint256 i = 0; i < descriptor.operands.length; ++i) {
                uint256 dim = _dim(descriptor.operands[i].geometry, axis);
                if (common == 1) common = dim;
                fits = fits && (dim == 1 || dim == common);
            }
            yielded = yielded && _dim(out, axis) == common;
        }
        RuleLib.check(fits, Rule.OPERAND_SHAPES);
        RuleLib.check(yielded, Rule.OUTPUT_SHAPE);
    }

    /// @notice Where in the layout of `geometry` the outer axes of an output's logical indices lead.
    function place(
        Geometry memory geometry,
        uint256[] memory index,
        uint256 inner
    ) internal pure returns (uint256 position) {
        uint256 axes = geometry.dims.length - inner;
        uint256 skipped = index.length - geometry.dims.length;
        for (uint256 axis = 0; axis < axes; ++axis) {
            if (geometry.dims[axis] > 1) position += index[skipped + axis] * geometry.strides[axis];
        }
    }

    function _dim(Geometry memory geometry, uint256 fromLast) private pure returns (uint256) {
        uint256 rank = geometry.dims.length;
        return fromLast < rank ? geometry.dims[rank - 1 - fromLast] : 1;
    }
}
