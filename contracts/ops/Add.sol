// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BroadcastLib} from "../libraries/BroadcastLib.sol";
import {RuleLib} from "../libraries/RuleLib.sol";
import {Tensor, TensorLib} from "../libraries/TensorLib.sol";
import {DType, Descriptor, Rule} from "../types/Descriptor.sol";

/// @title Add: out = A + B, broadcast.
/// @dev Both i32 or both i64.
library Add {
    using TensorLib for Tensor;

    function checkShape(Descriptor memory descriptor) internal pure {
        uint256 dtype = descriptor.operands[0].geometry.dtype;
        bool fits = dtype == DType.I32 || dtype == DType.I64;
        fits = fits && descriptor.operands[1].geometry.dtype == dtype;
        RuleLib.check(fits, Rule.OPERAND_DTYPE);
        RuleLib.check(descriptor.out.dtype == dtype, Rule.OUTPUT_DTYPE);
        BroadcastLib.checkShape(descriptor);
    }

    function element(Tensor[] memory operands, uint256[] memory index) internal pure returns (int256) {
        return operands[0].broadcastAt(index) + operands[1].broadcastAt(index);
    }
}
