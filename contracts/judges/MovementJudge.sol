// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {OperatorSetLib} from "../libraries/OperatorSetLib.sol";
import {Tensor} from "../libraries/TensorLib.sol";
import {Carry} from "../ops/Carry.sol";
import {Collect} from "../ops/Collect.sol";
import {Concat} from "../ops/Concat.sol";
import {Expand} from "../ops/Expand.sol";
import {Gather} from "../ops/Gather.sol";
import {GatherElements} from "../ops/GatherElements.sol";
import {Pad} from "../ops/Pad.sol";
import {Reshape} from "../ops/Reshape.sol";
import {ScatterElements} from "../ops/ScatterElements.sol";
import {Slice} from "../ops/Slice.sol";
import {Stop} from "../ops/Stop.sol";
import {Transpose} from "../ops/Transpose.sol";
import {Descriptor, Opcode} from "../types/Descriptor.sol";
import {Pass} from "../types/Trace.sol";
import {Judge} from "./Judge.sol";

/// @title Judges operators whose elements are elements of an operand.
contract MovementJudge is Judge {
    function operators() public pure override returns (uint256) {
        return OperatorSetLib.MOVEMENTS;
    }

    function _checkShape(Descriptor memory descriptor, uint256 outputBytes) internal pure override {
        uint256 opcode = descriptor.opcode;
        if (opcode == Opcode.RESHAPE) Reshape.checkShape(descriptor);
        else if (opcode == Opcode.GATHER) Gather.checkShape(descriptor);
        else if (opcode == Opcode.GATHER_ELEMENTS) GatherElements.checkShape(descriptor);
        else if (opcode == Opcode.SCATTER_ELEMENTS) ScatterElements.checkShape(descriptor);
        else if (opcode == Opcode.CONCAT) Concat.checkShape(descriptor);
        else if (opcode == Opcode.SLICE) Slice.checkShape(descriptor);
        else if (opcode == Opcode.PAD) Pad.checkShape(descriptor);
        else if (opcode == Opcode.TRANSPOSE) Transpose.checkShape(descriptor);
        else if (opcode == Opcode.EXPAND) Expand.checkShape(descriptor);
        else if (opcode == Opcode.CARRY) Carry.checkShape(descriptor);
        else if (opcode == Opcode.STOP) Stop.checkShape(descriptor);
        else Collect.checkShape(descriptor, outputBytes);
    }

    function _element(
        Descriptor memory descriptor,
        Tensor[] memory operands,
        uint256[] memory index,
        Pass memory pass
    ) internal pure override returns (int256) {
        uint256 opcode = descriptor.opcode;
        if (opcode == Opcode.RESHAPE) return Reshape.element(descriptor, operands, index);
        if (opcode == Opcode.GATHER) return Gather.element(descriptor, operands, index);
        if (opcode == Opcode.GATHER_ELEMENTS) return GatherElements.element(descriptor, operands, index);
        if (opcode == Opcode.SCATTER_ELEMENTS) return ScatterElements.element(descriptor, operands, index);
        if (opcode == Opcode.CONCAT) return Concat.element(descriptor, operands, index);
        if (opcode == Opcode.SLICE) return Slice.element(descriptor, operands, index);
        if (opcode == Opcode.PAD) return Pad.element(descriptor, operands, index);
        if (opcode == Opcode.TRANSPOSE) return Transpose.element(descriptor, operands, index);
        if (opcode == Opcode.EXPAND) return Expand.element(operands, index);
        if (opcode == Opcode.CARRY) return Carry.element(operands, index, pass);
        if (opcode == Opcode.STOP) return Stop.element(operands, pass);
        return Collect.element(operands, index);
    }
}
