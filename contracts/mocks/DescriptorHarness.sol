// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStepVerifier} from "../interfaces/IStepVerifier.sol";
import {ProgramHeader} from "../types/Program.sol";

/// @notice Many questions to the judge about descriptors in one call.
contract DescriptorHarness {
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

    IStepVerifier public immutable VERIFIER;

    constructor(IStepVerifier verifier) {
        VERIFIER = verifier;
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
}
