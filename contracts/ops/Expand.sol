// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RuleLib} from "../libraries/RuleLib.sol";
import {Tensor, TensorLib} from "../libraries/TensorLib.sol";
import {TypeLib} from "../libraries/TypeLib.sol";
import {Descriptor, Geometry, Rule} from "../types/Descriptor.sol";

/// @title Expand: A, broadcast to the output.
library Expand {
    using TensorLib for Tensor;

    function checkShape(Descriptor memory descriptor) internal pure {
        Geometry memory a = descriptor.operands[0].geometry;
        Geometry memory out = descriptor.out;
        TypeLib.checkOut(descriptor, a.dtype);
        RuleLib.check(out.dims.length >= a.dims.length, Rule.RANKS);
        uint256 added = out.dims.length - a.dims.length;
        bool fits = true;
        for (uint256 i = 0; i < a.dims.length; ++i)
            fits = fits && (a.dims[i] == 1 || a.dims[i] == out.dims[added + i]);
        RuleLib.check(fits, Rule.OUTPUT_SHAPE);
    }

    function element(Tensor[] memory operands, uint256[] memory index) internal pure returns (int256) {
        return operands[0].broadcastAt(index);
    }
}
