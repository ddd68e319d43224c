// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {StepVerifier} from "../StepVerifier.sol";
import {IStepVerifier} from "../interfaces/IStepVerifier.sol";
import {DescriptorLib} from "../libraries/DescriptorLib.sol";
import {GeometryLib} from "../libraries/GeometryLib.sol";
import {Tensor, TensorLib} from "../libraries/TensorLib.sol";
import {OperatorSet} from "../ops/OperatorSet.sol";
import {Descriptor} from "../types/Descriptor.sol";
import {ProgramHeader} from "../types/Program.sol";

/// @notice Many questions to the judge in one call: elements of whole tensors without openings, and rules of descriptors.
contract OperatorHarness {
    struct Case {
        bytes descriptor;
        bytes[] operands; // each tensor's bytes in layout order
        uint256 count; // of asked elements
        uint256 every; // distance of one asked element from the last in layout order, past the end from the start on
    }

    struct DescriptorQuestion {
        ProgramHeader header;
        uint256 index;
        bytes descriptor;
    }

    struct OperandQuestion {
        ProgramHeader header;
        uint256 index;
        bytes consumer;
        uint256 operand;
        bytes producer;
    }

    IStepVerifier public immutable VERIFIER = new StepVerifier();

    function elements(Case[] calldata cases) external pure returns (int256[][] memory values) {
        values = new int256[][](cases.length);
        for (uint256 i = 0; i < cases.length; ++i) values[i] = _elements(cases[i]);
    }

    function faults(DescriptorQuestion[] calldata questions) external view returns (uint256[] memory codes) {
        codes = new uint256[](questions.length);
        for (uint256 i = 0; i < questions.length; ++i) {
            DescriptorQuestion calldata asked = questions[i];
            codes[i] = VERIFIER.checkDescriptor(asked.header, asked.index, asked.descriptor);
        }
    }

    function operandFaults(
        OperandQuestion[] calldata questions
    ) external view returns (uint256[] memory codes) {
        codes = new uint256[](questions.length);
        for (uint256 i = 0; i < questions.length; ++i) {
            OperandQuestion calldata asked = questions[i];
            (codes[i], ) = VERIFIER.checkOperand(
                asked.header,
                asked.index,
                asked.consumer,
                asked.operand,
                asked.producer
            );
        }
    }

    /// @dev Frees what each element needed: a call for thousands of them would pay for memory above all.
    function _elements(Case calldata step) private pure returns (int256[] memory values) {
        Descriptor memory descriptor = DescriptorLib.parse(step.descriptor);
        values = new int256[](step.count);
        Tensor[] memory operands = new Tensor[](descriptor.operands.length);
        for (uint256 i = 0; i < operands.length; ++i) {
            operands[i] = TensorLib.tensor(descriptor.operands[i].geometry, i);
            operands[i].tiles = _tiles(step.operands[i]);
        }
        uint256 kept = _freeMemory();
        for (uint256 i = 0; i < values.length; ++i) {
            uint256[] memory index = GeometryLib.indices(
                descriptor.out,
                (i * step.every) % descriptor.out.elements
            );
            int256 value = OperatorSet.element(descriptor, operands, index);
            values[i] = TensorLib.wrap(value, descriptor.out.dtype);
            _freeTo(kept);
        }
    }

    function _freeMemory() private pure returns (uint256 pointer) {
        assembly ("memory-safe") {
            pointer := mload(0x40)
        }
    }

    function _freeTo(uint256 pointer) private pure {
        assembly ("memory-safe") {
            mstore(0x40, pointer)
        }
    }

    function _tiles(bytes calldata data) private pure returns (uint256[] memory tiles) {
        tiles = new uint256[](GeometryLib.tileCount(data.length));
        for (uint256 i = 0; i < tiles.length; ++i) {
            uint256 pointer;
            assembly ("memory-safe") {
                pointer := add(data.offset, shl(10, i))
            }
            tiles[i] = (i << 64) | pointer;
        }
    }
}
