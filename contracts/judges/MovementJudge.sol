// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Tensor} from "../libraries/TensorLib.sol";
import {Collect} from "../ops/Collect.sol";
import {OperatorSet} from "../ops/OperatorSet.sol";
import {Reshape} from "../ops/Reshape.sol";
import {Descriptor, Opcode} from "../types/Descriptor.sol";
import {Judge} from "./Judge.sol";

/// @title Judges operators that put elements of their operands elsewhere.
contract MovementJudge is Judge {
    function operators() public pure override returns (uint256) {
        return OperatorSet.MOVEMENTS;
    }

    function _checkShape(Descriptor memory descriptor, uint256 outputBytes) internal pure override {
        uint256 opcode = descriptor.opcode;
        if (opcode == Opcode.RESHAPE) Reshape.checkShape(descriptor);
        else Collect.checkShape(descriptor, outputBytes);
    }

    function _element(
        Descriptor memory descriptor,
        Tensor[] memory operands,
        uint256[] memory index
    ) internal pure override returns (int256) {
        uint256 opcode = descriptor.opcode;
        if (opcode == Opcode.RESHAPE) return Reshape.element(descriptor, operands, index);
        return Collect.element(operands, index);
    }
}
