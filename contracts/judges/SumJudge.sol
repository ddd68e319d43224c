// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {OperatorSetLib} from "../libraries/OperatorSetLib.sol";
import {Tensor} from "../libraries/TensorLib.sol";
import {ArgMax} from "../ops/ArgMax.sol";
import {ConvInteger} from "../ops/ConvInteger.sol";
import {CumSum} from "../ops/CumSum.sol";
import {MatMulInteger} from "../ops/MatMulInteger.sol";
import {MaxPool} from "../ops/MaxPool.sol";
import {ReduceMax} from "../ops/ReduceMax.sol";
import {ReduceSum} from "../ops/ReduceSum.sol";
import {Descriptor, Opcode} from "../types/Descriptor.sol";
import {Pass} from "../types/Trace.sol";
import {Judge} from "./Judge.sol";

/// @title Judges operators whose elements combine many elements of their operands.
contract SumJudge is Judge {
    function operators() public pure override returns (uint256) {
        return OperatorSetLib.SUMS;
    }

    function _checkShape(Descriptor memory descriptor, uint256) internal pure override {
        uint256 opcode = descriptor.opcode;
        if (opcode == Opcode.MAT_MUL_INTEGER) MatMulInteger.checkShape(descriptor);
        else if (opcode == Opcode.CONV_INTEGER) ConvInteger.checkShape(descriptor);
        else if (opcode == Opcode.MAX_POOL) MaxPool.checkShape(descriptor);
        else if (opcode == Opcode.ARG_MAX) ArgMax.checkShape(descriptor);
        else if (opcode == Opcode.REDUCE_SUM) ReduceSum.checkShape(descriptor);
        else if (opcode == Opcode.REDUCE_MAX) ReduceMax.checkShape(descriptor);
        else CumSum.checkShape(descriptor);
    }

    function _element(
        Descriptor memory descriptor,
        Tensor[] memory operands,
        uint256[] memory index,
        Pass memory
    ) internal pure override returns (int256) {
        uint256 opcode = descriptor.opcode;
        if (opcode == Opcode.MAT_MUL_INTEGER) return MatMulInteger.element(descriptor, operands, index);
        if (opcode == Opcode.CONV_INTEGER) return ConvInteger.element(descriptor, operands, index);
        if (opcode == Opcode.MAX_POOL) return MaxPool.element(descriptor, operands, index);
        if (opcode == Opcode.ARG_MAX) return ArgMax.element(descriptor, operands, index);
        if (opcode == Opcode.REDUCE_SUM) return ReduceSum.element(descriptor, operands, index);
        if (opcode == Opcode.REDUCE_MAX) return ReduceMax.element(descriptor, operands, index);
        return CumSum.element(descriptor, operands, index);
    }
}
