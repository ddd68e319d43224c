// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BroadcastLib} from "../libraries/BroadcastLib.sol";
import {Tensor, TensorLib} from "../libraries/TensorLib.sol";
import {TypeLib} from "../libraries/TypeLib.sol";
import {Descriptor} from "../types/Descriptor.sol";

/// @title Where: out = X where the condition holds, else Y; all three broadcast.
/// @dev Operands condition (bool), X, Y (both u8, i32 or i64).
library Where {
    using TensorLib for Tensor;

    function checkShape(Descriptor memory descriptor) internal pure {
        TypeLib.checkOperand(descriptor, 0, TypeLib.BOOL);
        uint256 dtype = TypeLib.checkOperands(descriptor, 1, TypeLib.CHOSEN);
        TypeLib.checkOut(descriptor, dtype);
        BroadcastLib.checkShape(descriptor);
    }

    function element(Tensor[] memory operands, uint256[] memory index) internal pure returns (int256) {
        int256 condition = operands[0].broadcastAt(index);
        int256 x = operands[1].broadcastAt(index);
        int256 y = operands[2].broadcastAt(index);
        return condition != 0 ? x : y;
    }
}
