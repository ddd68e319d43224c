// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IJudge} from "./interfaces/IJudge.sol";
import {IStepVerifier} from "./interfaces/IStepVerifier.sol";
import {DescriptorLib} from "./libraries/DescriptorLib.sol";
import {OperatorSetLib} from "./libraries/OperatorSetLib.sol";
import {Operand, Rule, Source} from "./types/Descriptor.sol";
import {ProgramHeader} from "./types/Program.sol";
import {Claim, NodeKind, Position, StepProof, Verdict} from "./types/Trace.sol";

/// @title The judge of every operator: one address that passes each question on to the judge of the descriptor's operator.
contract StepVerifier is IStepVerifier {
    IJudge public immutable SUM_JUDGE;
    IJudge public immutable ELEMENT_JUDGE;
    IJudge public immutable MOVEMENT_JUDGE;

    constructor(IJudge sums, IJudge elements, IJudge movements) {
        require(sums.operators() == OperatorSetLib.SUMS, WrongJudge(address(sums)));
        require(elements.operators() == OperatorSetLib.ELEMENTS, WrongJudge(address(elements)));
        require(movements.operators() == OperatorSetLib.MOVEMENTS, WrongJudge(address(movements)));
        SUM_JUDGE = sums;
        ELEMENT_JUDGE = elements;
        MOVEMENT_JUDGE = movements;
    }

    /// @inheritdoc IJudge
    function verify(
        Claim calldata,
        Position calldata,
        bytes32,
        NodeKind,
        StepProof calldata proof
    ) external view returns (Verdict) {
        return Verdict(_passOn(proof.descriptor));
    }

    /// @inheritdoc IJudge
    function checkDescriptor(
        ProgramHeader calldata,
        uint256,
        bytes calldata descriptor
    ) external view returns (uint256 code) {
        return _passOn(descriptor);
    }

    /// @inheritdoc IStepVerifier
    function checkOperand(
        ProgramHeader calldata header,
        uint256 consumerIndex,
        bytes calldata consumer,
        uint256 operand,
        bytes calldata producer
    ) external view returns (uint256 code, uint256 producerIndex) {
        code = _judgeOf(consumer).checkDescriptor(header, consumerIndex, consumer);
        if (code != 0) return (code, 0);
        Operand[] memory operands = DescriptorLib.parse(consumer).operands;
        if (operand >= operands.length || operands[operand].source != Source.SLOT) return (0, 0);
        producerIndex = operands[operand].index;
        code = _judgeOf(producer).checkDescriptor(header, producerIndex, producer);
        if (code != 0) return (code, producerIndex);
        bytes calldata read = DescriptorLib.encoding(consumer, operands[operand].geometry);
        bytes calldata made = DescriptorLib.encoding(producer, DescriptorLib.parse(producer).out);
        if (keccak256(read) != keccak256(made)) code = Rule.PRODUCER_DIFFERS;
    }

    /// @inheritdoc IJudge
    function operators() external pure returns (uint256) {
        return OperatorSetLib.ALL;
    }

    /// @notice The judge that is asked about operator `opcode`; some judge where there is no such operator.
    function judgeOf(uint8 opcode) public view returns (IJudge) {
        if (OperatorSetLib.contains(OperatorSetLib.SUMS, opcode)) return SUM_JUDGE;
        return OperatorSetLib.contains(OperatorSetLib.MOVEMENTS, opcode) ? MOVEMENT_JUDGE : ELEMENT_JUDGE;
    }

    /// @dev Of no descriptor any judge says the same.
    function _judgeOf(bytes calldata descriptor) private view returns (IJudge) {
        return judgeOf(descriptor.length == 0 ? 0 : uint8(descriptor[0]));
    }

    /// @dev Asks the judge the question that this call is. Its answer is a word; its error is passed on.
    function _passOn(bytes calldata descriptor) private view returns (uint256 answer) {
        address judge = address(_judgeOf(descriptor));
        assembly ("memory-safe") {
            let buffer := mload(0x40)
            calldatacopy(buffer, 0, calldatasize())
            if iszero(staticcall(gas(), judge, buffer, calldatasize(), 0, 32)) {
                returndatacopy(buffer, 0, returndatasize())
                revert(buffer, returndatasize())
            }
            answer := mload(0)
        }
    }
}
