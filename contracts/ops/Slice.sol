// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AxisLib} from "../libraries/AxisLib.sol";
import {RuleLib} from "../libraries/RuleLib.sol";
import {Tensor, TensorLib} from "../libraries/TensorLib.sol";
import {TypeLib} from "../libraries/TypeLib.sol";
import {Descriptor, Geometry, Rule} from "../types/Descriptor.sol";

/// @title Slice: out(p) = A(start + p · step) along every axis.
/// @dev Attributes starts[8], steps[8]; zero and one for axes that are not there. How many elements there are, the output says.
library Slice {
    using TensorLib for Tensor;

    function checkShape(Descriptor memory descriptor) internal pure {
        Geometry memory a = descriptor.operands[0].geometry;
        uint256 rank = a.dims.length;
        TypeLib.checkOut(descriptor, a.dtype);
        RuleLib.check(descriptor.out.dims.length == rank, Rule.RANKS);
        int256[] memory attributes = descriptor.attributes;
        bool fits = AxisLib.isPadded(attributes, 0, rank, 0) && AxisLib.isPadded(attributes, 8, rank, 1);
        for (uint256 i = 0; i < rank; ++i) {
            int256 first = attributes[i];
            int256 last = first + (int256(descriptor.out.dims[i]) - 1) * attributes[8 + i];
            int256 dim = int256(a.dims[i]);
            fits = fits && attributes[8 + i] != 0 && first >= 0 && first < dim && last >= 0 && last < dim;
        }
        RuleLib.check(fits, Rule.ATTRIBUTE_OUT_OF_BOUNDS);
    }

    function element(
        Descriptor memory descriptor,
        Tensor[] memory operands,
        uint256[] memory index
    ) internal pure returns (int256) {
        Geometry memory a = operands[0].geometry;
        int256[] memory attributes = descriptor.attributes;
        uint256 position = 0;
        for (uint256 i = 0; i < index.length; ++i)
            position += uint256(attributes[i] + int256(index[i]) * attributes[8 + i]) * a.strides[i];
        return operands[0].elementAt(position);
    }
}
