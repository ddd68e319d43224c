// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RuleLib} from "../libraries/RuleLib.sol";
import {Tensor, TensorLib} from "../libraries/TensorLib.sol";
import {TypeLib} from "../libraries/TypeLib.sol";
import {Descriptor, Geometry, Rule} from "../types/Descriptor.sol";

/// @title Transpose: the same elements with the axes in another order.
/// @dev Attribute perm[8]: axis i of the output is axis perm[i] of A; i itself for axes that are not there.
library Transpose {
    using TensorLib for Tensor;

    function checkShape(Descriptor memory descriptor) internal pure {
        Geometry memory a = descriptor.operands[0].geometry;
        Geometry memory out = descriptor.out;
        TypeLib.checkOut(descriptor, a.dtype);
        RuleLib.check(out.dims.length == a.dims.length, Rule.RANKS);
        bool fits = _isPermutation(descriptor.attributes, a.dims.length);
        RuleLib.check(fits, Rule.ATTRIBUTE_OUT_OF_BOUNDS);
        for (uint256 i = 0; i < out.dims.length; ++i)
            fits = fits && out.dims[i] == a.dims[uint256(descriptor.attributes[i])];
        RuleLib.check(fits, Rule.OUTPUT_SHAPE);
    }

    function element(
        Descriptor memory descriptor,
        Tensor[] memory operands,
        uint256[] memory index
    ) internal pure returns (int256) {
        Geometry memory a = operands[0].geometry;
        uint256 position = 0;
        for (uint256 i = 0; i < index.length; ++i)
            position += index[i] * a.strides[uint256(descriptor.attributes[i])];
        return operands[0].elementAt(position);
    }

    function _isPermutation(int256[] memory perm, uint256 rank) private pure returns (bool) {
        uint256 seen = 0;
        for (uint256 i = 0; i < perm.length; ++i) {
            bool inPlace = perm[i] == int256(i);
            if (i >= rank ? !inPlace : perm[i] < 0 || perm[i] >= int256(rank)) return false;
            seen |= 1 << uint256(perm[i]);
        }
        return seen == (1 << perm.length) - 1;
    }
}
