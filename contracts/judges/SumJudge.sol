// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Tensor} from "../libraries/TensorLib.sol";
import {ArgMax} from "../ops/ArgMax.sol";
import {ConvInteger} from "../ops/ConvInteger.sol";
import {MatMulInteger} from "../ops/MatMulInteger.sol";
import {MaxPool} from "../ops/MaxPool.sol";
import {OperatorSet} from "../ops/OperatorSet.sol";
import {Descriptor, Opcode} from "../types/Descriptor.sol";
import {Judge} from "./Judge.sol";

/// @title Judges operators whose elements combine many elements of their operands.
contract SumJudge is Judge {
    function operators() public pure override returns (uint256) {
        return OperatorSet.SUMS;
    }

    function _checkShape(Descriptor memory descriptor, uint256) internal pure override {
        uint256 opcode = descriptor.opcode;
        if (opcode == Opcode.MAT_MUL_INTEGER) MatMulInteger.checkShape(descriptor);
        else if (opcode == Opcode.CONV_INTEGER) ConvInteger.checkShape(descriptor);
        else if (opcode == Opcode.ARG_MAX) ArgMax.checkShape(descriptor);
        else MaxPool.checkShape(descriptor);
    }

    function _element(
        Descriptor memory descriptor,
        Tensor[] memory operands,
        uint256[] memory index
    ) internal pure override returns (int256) {
        uint256 opcode = descriptor.opcode;
        if (opcode == Opcode.MAT_MUL_INTEGER) return MatMulInteger.element(descriptor, operands, index);
        if (opcode == Opcode.CONV_INTEGER) return ConvInteger.element(descriptor, operands, index);
        if (opcode == Opcode.ARG_MAX) return ArgMax.element(descriptor, operands, index);
        return MaxPool.element(descriptor, operands, index);
    }
}
