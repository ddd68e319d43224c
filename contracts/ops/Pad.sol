// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AxisLib} from "../libraries/AxisLib.sol";
import {RuleLib} from "../libraries/RuleLib.sol";
import {Tensor, TensorLib} from "../libraries/TensorLib.sol";
import {TypeLib} from "../libraries/TypeLib.sol";
import {Descriptor, Geometry, Rule} from "../types/Descriptor.sol";

/// @title Pad: A, with a value before and after it along every axis.
/// @dev Of any integer type; attributes begins[8], value; zero for axes that are not there. What comes after, the output says.
library Pad {
    using TensorLib for Tensor;

    function checkShape(Descriptor memory descriptor) internal pure {
        Geometry memory a = descriptor.operands[0].geometry;
        Geometry memory out = descriptor.out;
        uint256 rank = a.dims.length;
        TypeLib.checkSame(descriptor, TypeLib.INTEGERS);
        RuleLib.check(out.dims.length == rank, Rule.RANKS);
        int256[] memory attributes = descriptor.attributes;
        bool fits = AxisLib.isPadded(attributes, 0, rank, 0) && TensorLib.holds(a.dtype, attributes[8]);
        for (uint256 i = 0; i < rank; ++i) fits = fits && attributes[i] >= 0;
        RuleLib.check(fits, Rule.ATTRIBUTE_OUT_OF_BOUNDS);
        for (uint256 i = 0; i < rank; ++i) fits = fits && out.dims[i] >= uint256(attributes[i]) + a.dims[i];
        RuleLib.check(fits, Rule.OUTPUT_SHAPE);
    }

    function element(
        Descriptor memory descriptor,
        Tensor[] memory operands,
        uint256[] memory index
    ) internal pure returns (int256) {
        Geometry memory a = operands[0].geometry;
        int256[] memory attributes = descriptor.attributes;
        uint256 position = 0;
        for (uint256 i = 0; i < index.length; ++i) {
            uint256 begin = uint256(attributes[i]);
            if (index[i] < begin || index[i] - begin >= a.dims[i]) return attributes[8];
            position += (index[i] - begin) * a.strides[i];
        }
        return operands[0].elementAt(position);
    }
}
