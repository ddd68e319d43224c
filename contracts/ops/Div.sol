// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BroadcastLib} from "../libraries/BroadcastLib.sol";
import {RuleLib} from "../libraries/RuleLib.sol";
import {Tensor, TensorLib} from "../libraries/TensorLib.sol";
import {DType, Descriptor, Rule} from "../types/Descriptor.sol";

/// @title Div: out = A / B, broadcast, truncated toward zero; zero where B is zero.
/// @dev Both i32. A program is only accepted with every divisor proven positive; the zero makes the judge total.
library Div {
    using TensorLib for Tensor;

    function checkShape(Descriptor memory descriptor) internal pure {
        bool fits = descriptor.operands[0].geometry.dtype == DType.I32;
        fits = fits && descriptor.operands[1].geometry.dtype == DType.I32;
        RuleLib.check(fits, Rule.OPERAND_DTYPE);
        RuleLib.check(descriptor.out.dtype == DType.I32, Rule.OUTPUT_DTYPE);
        BroadcastLib.checkShape(descriptor);
    }

    function element(Tensor[] memory operands, uint256[] memory index) internal pure returns (int256) {
        int256 divisor = operands[1].broadcastAt(index);
        return divisor == 0 ? int256(0) : operands[0].broadcastAt(index) / divisor;
    }
}
