// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IChannels} from "../../contracts/interfaces/IChannels.sol";
import {IInputRequests} from "../../contracts/interfaces/IInputRequests.sol";
import {PostingLib} from "../../contracts/libraries/PostingLib.sol";
import {CommitmentStatus} from "../../contracts/types/Commitment.sol";
import {ProgramHeader} from "../../contracts/types/Program.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {ReceiptsTest} from "./support/Receipts.sol";
import {vm} from "./support/Vm.sol";

/// @notice Receipts whose worker refused to hand out the input.
contract ReceiptInputsTest is ReceiptsTest {
    bytes32[] internal noPath;

    function askCall(Receipt memory issued) internal view returns (bytes memory) {
        bytes memory bare = abi.encode(issued, sign(issued), "");
        return abi.encodeCall(inputRequests.requestInput, (address(channels), commitmentOf(issued), bare));
    }

    function ask(Receipt memory issued) internal returns (bytes32 commitId) {
        bytes memory data = askCall(issued);
        vm.prank(KEEPER);
        (bool success, ) = address(inputRequests).call(data);
        require(success, "asked");
        return commitmentOf(issued);
    }

    function test_requestInput_ofAReceipt_opensItsWindow_S09() public {
        bytes32 commitId = ask(receipt(1, false));
        vm.warp(START + 30);
        vm.prank(WORKER);
        inputRequests.postInput(commitId, 0, INPUT, noPath);
        equal(channels.getCommitment(commitId).challengeUntil, START + 100, "the receipt's own end is later");
        vm.prank(CHALLENGER);
        receiptGame.challenge(commitId, "");
        equal(channels.getCommitment(commitId).holds, 1, "only the dispute is left");
        equal(credit(WORKER), (uint256(inputRequests.inputBond(1, 8)) * 6) / 10, "posting is paid for");
    }

    function test_requestInput_ofAReceipt_silenceSlashesItsLiability_S09() public {
        bytes32 commitId = ask(receipt(1, false));
        vm.warp(START + 31);
        inputRequests.timeoutInput(commitId);
        require(channels.getCommitment(commitId).status == CommitmentStatus.Slashed, "slashed");
        require(channels.getCommitment(commitId).reporter == KEEPER, "the one who asked");
        equal(channels.getCommitment(commitId).lock, LIABILITY, "the liability");
        vm.warp(START + 62);
        channels.settle(commitId);
        uint256 reward = (uint256(LIABILITY) * 15) / 100;
        equal(credit(KEEPER), uint256(inputRequests.inputBond(1, 8)) + reward, "bond and reward");
    }

    function test_requestInput_ofAPrivateReceipt_reverts_S09() public {
        Receipt memory issued = receipt(1, false);
        issued.isPrivate = true;
        bytes32 receiptId = channels.receiptIdOf(issued);
        refuse(
            KEEPER,
            address(inputRequests),
            askCall(issued),
            abi.encodeWithSelector(IChannels.PrivateReceipt.selector, receiptId, payer)
        );
    }

    function test_requestInput_tooLargeToPost_reverts_I20() public {
        ProgramHeader memory other = header();
        other.inputBytes = 4 * 1024 * 1024 + 1;
        bytes32 root = descriptorsRoot();
        vm.prank(PUBLISHER);
        bytes32 large = registry.register(other, root, 0, 0, "");
        Receipt memory issued = receipt(1, false);
        issued.programId = large;
        refuse(
            KEEPER,
            address(inputRequests),
            askCall(issued),
            abi.encodeWithSelector(
                IInputRequests.InputNotPostable.selector,
                other.inputBytes,
                PostingLib.MAX_BYTES
            )
        );
    }
}
