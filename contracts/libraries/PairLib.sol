// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DType, Descriptor} from "../types/Descriptor.sol";
import {BroadcastLib} from "./BroadcastLib.sol";
import {Tensor, TensorLib} from "./TensorLib.sol";
import {TypeLib} from "./TypeLib.sol";

/// @title What operators share that combine two numbers, broadcast.
library PairLib {
    using TensorLib for Tensor;

    /// @notice The shape rule of those whose operands and output have one type of `set`.
    function checkShape(Descriptor memory descriptor, uint256 set) internal pure {
        TypeLib.checkSame(descriptor, set);
        BroadcastLib.checkShape(descriptor);
    }

    /// @notice The shape rule of those that compare two integers of one type.
    function checkComparison(Descriptor memory descriptor) internal pure {
        TypeLib.checkOperands(descriptor, 0, TypeLib.INTEGERS);
        TypeLib.checkOut(descriptor, DType.BOOL);
        BroadcastLib.checkShape(descriptor);
    }

    /// @notice The two numbers that an output's logical indices lead to.
    function read(
        Tensor[] memory operands,
        uint256[] memory index
    ) internal pure returns (int256 a, int256 b) {
        return (operands[0].broadcastAt(index), operands[1].broadcastAt(index));
    }
}
