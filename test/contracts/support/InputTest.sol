// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInputRequests} from "../../../contracts/interfaces/IInputRequests.sol";
import {IProgramRegistry} from "../../../contracts/interfaces/IProgramRegistry.sol";
import {InputStatus} from "../../../contracts/types/InputRequest.sol";
import {Request} from "../../../contracts/types/Market.sol";
import {ProgramHeader} from "../../../contracts/types/Program.sol";
import {ProtocolTest} from "./ProtocolTest.sol";
import {vm} from "./Vm.sol";

/// @notice Requests whose input is kept off the chain.
abstract contract InputTest is ProtocolTest {
    bytes32[] internal noPath;

    function refuseInput(address caller, bytes memory data, bytes memory expected) internal {
        refuse(caller, address(inputRequests), data, expected);
    }

    function hidden() internal returns (Request memory asked) {
        asked = question();
        asked.inputPosted = false;
    }

    function bondOf(uint256 size) internal view returns (uint256) {
        return inputRequests.inputBond(1, uint32(size));
    }

    function paidOf(uint256 size) internal view returns (uint256) {
        return (bondOf(size) * 6) / 10;
    }

    function inputStatus(bytes32 id) internal view returns (InputStatus) {
        return inputRequests.getInputRequest(id).status;
    }

    function notAsked(bytes32 id, InputStatus status) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IInputRequests.NotAsked.selector, id, status);
    }

    /// @notice Retires the toy program, whose slot 3 is malformed.
    function retire() internal {
        bytes32[] memory path = descriptorPath(3);
        IProgramRegistry.MalformedProof memory proof = IProgramRegistry.MalformedProof({
            index: 3,
            descriptor: descriptorAt(3),
            path: path,
            operand: 0,
            producer: "",
            producerPath: new bytes32[](0)
        });
        registry.proveMalformed(programId, proof);
    }

    /// @notice A program like the toy one with another input size.
    function programOf(uint32 inputBytes) internal returns (bytes32) {
        ProgramHeader memory other = header();
        other.inputBytes = inputBytes;
        bytes32 root = descriptorsRoot();
        vm.prank(PUBLISHER);
        return registry.register(other, root, 0, 0, "");
    }

    function everybody() internal pure returns (address[] memory people) {
        people = new address[](7);
        (people[0], people[1], people[2], people[3]) = (PUBLISHER, REQUESTER, WORKER, CHALLENGER);
        (people[4], people[5], people[6]) = (FRIEND, KEEPER, STRANGER);
    }
}
