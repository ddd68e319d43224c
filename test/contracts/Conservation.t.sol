// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Commitment, CommitmentStatus} from "../../contracts/types/Commitment.sol";
import {Dispute, DisputeStatus} from "../../contracts/types/Dispute.sol";
import {InputStatus} from "../../contracts/types/InputRequest.sol";
import {RequestState, RequestStatus} from "../../contracts/types/Market.sol";
import {ReceiptsTest} from "./support/Receipts.sol";
import {ChannelPlayer} from "./support/players/ChannelPlayer.sol";
import {GamePlayer} from "./support/players/GamePlayer.sol";
import {InputPlayer} from "./support/players/InputPlayer.sol";
import {VaultPlayer} from "./support/players/VaultPlayer.sol";

/// @notice Plays the protocol at random: every role, honest and lying, at any time.
contract Player is InputPlayer, GamePlayer, ChannelPlayer, VaultPlayer {
    constructor() {
        ReceiptsTest.setUp();
        openChannels();
    }

    function setUp() public override {}

    function guardian() internal pure override returns (address) {
        return GUARDIAN;
    }

    function auditPool() internal pure override returns (address) {
        return AUDIT_POOL;
    }

    function isOpen(bytes32 commitId) internal view override returns (bool) {
        return requestOf[commitId] != 0 ? isOpenAnswer(commitId) : isOpenReceipt(commitId);
    }

    // WHAT MUST HOLD

    /// @notice I-01 and I-03: the ledger sums to what the vault holds.
    function checkLedger() external view {
        checkSolvency(people());
    }

    /// @notice I-02, I-10 and I-12: what is locked is exactly what open work and channels need.
    function checkLocks() external view {
        uint256 locked = uint256(channelAt(0).allotment) + channelAt(1).allotment;
        for (uint256 i = 0; i < asked_.length; ++i) if (isWork(stateAt(i))) locked += lockOf(asked_[i]);
        equal(account(WORKER).locked, locked, "I-02: locks");
    }

    /// @notice I-03: every escrow is exactly what its contract owes.
    function checkEscrows() external view {
        uint256 fees = 0;
        for (uint256 i = 0; i < asked_.length; ++i) {
            RequestState memory state = stateAt(i);
            if (isWork(state) || state.status == RequestStatus.Open) fees += asked_[i].fee;
        }
        uint256 escrow = uint256(channelAt(0).escrow) + channelAt(1).escrow;
        uint256[2] memory owed; // by the games
        for (uint256 i = 0; i < commitments.length; ++i) {
            bytes32 commitId = commitments[i];
            bool published = requestOf[commitId] != 0;
            Commitment memory c = sourceOf[commitId].getCommitment(commitId);
            bool slashed = c.status == CommitmentStatus.Slashed && !c.settled;
            if (slashed && published) fees += c.lock;
            if (slashed && !published) escrow += c.lock;
            owed[published ? 0 : 1] += pots[commitId];
        }
        for (uint256 i = 0; i < disputes.length; ++i) {
            Dispute memory d = disputes[i].on.getDispute(disputes[i].id);
            if (disputes[i].paid || d.status == DisputeStatus.Lost) continue;
            owed[address(disputes[i].on) == address(game) ? 0 : 1] += d.bond;
        }
        uint256 bonds = 0;
        for (uint256 i = 0; i < inputs.length; ++i) {
            bool open = inputRequests.getInputRequest(inputs[i]).status == InputStatus.Open;
            if (open) bonds += inputRequests.getInputRequest(inputs[i]).bond;
        }
        equal(vault.escrow(address(market)), fees, "I-03: fees and slashed locks");
        equal(vault.escrow(address(channels)), escrow, "I-03: channels");
        equal(vault.escrow(address(game)), owed[0], "I-03: bonds and pots of the market's game");
        equal(vault.escrow(address(receiptGame)), owed[1], "I-03: bonds and pots of the receipts' game");
        equal(vault.escrow(address(inputRequests)), bonds, "I-03: bonds of input requests");
    }

    /// @notice I-23, I-29: what holds a commitment is exactly what is open on it, in the order of opening.
    function checkHolds() external view {
        for (uint256 i = 0; i < commitments.length; ++i) {
            bytes32 commitId = commitments[i];
            Commitment memory c = sourceOf[commitId].getCommitment(commitId);
            if (c.status != CommitmentStatus.Open) continue;
            uint256 open = 0;
            uint256 gasOwed = 0;
            for (uint256 j = 0; j < disputes.length; ++j) {
                if (disputes[j].commitId != commitId) continue;
                Dispute memory d = disputes[j].on.getDispute(disputes[j].id);
                if (d.status != DisputeStatus.Open) continue;
                ++open;
                gasOwed += d.gasOwed;
            }
            checkList(commitId, open);
            equal(gameOf(commitId).getBinding(commitId).gasOwed, gasOwed, "gas owed");
            if (inputRequests.getInputRequest(commitId).status == InputStatus.Open) ++open;
            equal(c.holds, open, "I-29: holds");
        }
    }

    /// @notice S-12: what receipts reserve is part of their own channel's allotment.
    function checkChannels() external view {
        uint256[2] memory reserved;
        for (uint256 i = 0; i < commitments.length; ++i) {
            if (requestOf[commitments[i]] != 0) continue;
            Commitment memory c = channels.getCommitment(commitments[i]);
            if (c.status != CommitmentStatus.Open) continue;
            reserved[receipts[commitments[i]].channelId == ids[0] ? 0 : 1] += c.lock;
        }
        for (uint8 i = 0; i < 2; ++i) {
            equal(channelAt(i).reserved, reserved[i], "S-12: reserved");
            require(channelAt(i).reserved <= channelAt(i).allotment, "S-12: more reserved than allotted");
        }
    }

    /// @notice I-24: what has ended stays as it ended.
    function recordEnds() public {
        for (uint256 i = 0; i < asked_.length; ++i) {
            bytes32 requestId = idOf(asked_[i]);
            RequestStatus status = stateAt(i).status;
            if (status < RequestStatus.Finalized) continue;
            if (ended[requestId] == RequestStatus.None) ended[requestId] = status;
            rule(ended[requestId] == status, "I-24: an ended request changed");
        }
    }

    /// @notice Whatever a move found broken.
    function checkRules() external view {
        require(bytes(broken).length == 0, broken);
    }

    function checkList(bytes32 commitId, uint256 length) internal view {
        uint32 previous = 0;
        uint32 place = gameOf(commitId).getBinding(commitId).first;
        for (uint256 i = 0; i < length; ++i) {
            bytes32 disputeId = gameOf(commitId).disputeIdOf(commitId, place - 1);
            Dispute memory d = gameOf(commitId).getDispute(disputeId);
            require(d.previous == previous && d.status == DisputeStatus.Open, "the list of disputes");
            (previous, place) = (place, d.next);
        }
        require(place == 0 && gameOf(commitId).getBinding(commitId).last == previous, "the list's end");
    }

    function isWork(RequestState memory state) internal pure returns (bool) {
        return state.status >= RequestStatus.Claimed && state.status <= RequestStatus.Committed;
    }
}

/// @notice Random histories; after each call everything must add up.
contract ConservationTest {
    Player internal player;

    function setUp() public {
        player = new Player();
    }

    /// @notice Only the player's moves are called at random.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(player);
    }

    /// @notice All in one, so that each history is played once. Also what a move found broken: I-04, I-05, I-06, I-11, I-13,
    /// I-14, I-20, I-21, I-28, I-30, I-43, I-50, I-54, S-05, S-09, S-13, S-15.
    function invariant_randomPlay_I01_I02_I03_I10_I12_I23_I24_I29_S12() public {
        player.checkLedger();
        player.checkLocks();
        player.checkEscrows();
        player.checkHolds();
        player.checkChannels();
        player.recordEnds();
        player.checkRules();
    }

    // WHAT RANDOM HISTORIES REACH

    struct Move {
        bytes4 selector;
        uint8[4] bits; // of each argument; zero = no more
    }

    Move[] internal moves;

    function add(bytes4 selector, uint8 first, uint8 second, uint8 third, uint8 fourth) internal {
        moves.push(Move(selector, [first, second, third, fourth]));
    }

    function addMoves() internal {
        for (uint256 i = 0; i < 3; ++i) add(player.wait.selector, 8, 0, 0, 0);
        add(player.waitLong.selector, 0, 0, 0, 0);
        add(player.request.selector, 64, 1, 0, 0);
        for (uint256 i = 0; i < 3; ++i) add(player.answer.selector, 64, 8, 8, 1);
        add(player.answerLate.selector, 8, 8, 0, 0);
        add(player.claimOpen.selector, 8, 0, 0, 0);
        add(player.cancelOrExpire.selector, 8, 1, 0, 0);
        for (uint256 i = 0; i < 3; ++i) add(player.end.selector, 8, 8, 0, 0);
        for (uint256 i = 0; i < 3; ++i) add(player.challenge.selector, 8, 1, 0, 0);
        for (uint256 i = 0; i < 4; ++i) add(player.moveAll.selector, 8, 0, 0, 0);
        add(player.move.selector, 8, 8, 0, 0);
        add(player.settle.selector, 8, 0, 0, 0);
        add(player.settleDispute.selector, 8, 0, 0, 0);
        add(player.settleAll.selector, 0, 0, 0, 0);
        for (uint256 i = 0; i < 2; ++i) add(player.flip.selector, 8, 0, 0, 0);
        add(player.missInput.selector, 8, 1, 0, 0);
        add(player.askInput.selector, 8, 0, 0, 0);
        add(player.showInput.selector, 8, 0, 0, 0);
        add(player.timeoutInput.selector, 8, 0, 0, 0);
        add(player.deposit.selector, 8, 64, 0, 0);
        add(player.requestEscrow.selector, 8, 64, 0, 0);
        add(player.takeEscrow.selector, 8, 0, 0, 0);
        add(player.allotMore.selector, 8, 64, 0, 0);
        add(player.requestDeallot.selector, 8, 96, 0, 0);
        add(player.takeAllotment.selector, 8, 0, 0, 0);
        add(player.redeemVoucher.selector, 8, 96, 0, 0);
        add(player.issue.selector, 8, 8, 64, 0);
        add(player.finalizeReceipt.selector, 8, 0, 0, 0);
        add(player.collectOwed.selector, 8, 0, 0, 0);
        add(player.unbond.selector, 72, 0, 0, 0);
        add(player.withdraw.selector, 0, 0, 0, 0);
        add(player.stakeFor.selector, 64, 0, 0, 0);
        add(player.claimCredit.selector, 8, 0, 0, 0);
        add(player.sweep.selector, 0, 0, 0, 0);
        add(player.retire.selector, 8, 8, 0, 0);
    }

    /// @notice No move of a player reverts for a reason of its own, and every move is made and refused somewhere: what the
    /// invariants above see is not the same quiet history again and again.
    function test_histories_reachEverything() public {
        addMoves();
        string[23] memory whats = [
            "I-12: claim",
            "I-24: a request ends once",
            "I-29: finalize",
            "I-29: collect",
            "I-24: timeoutDelivery",
            "I-28, I-29: challenge",
            "I-30: settle",
            "I-30, S-13: settleDispute",
            "I-50, S-15: flip",
            "S-09: inputUnavailable",
            "S-09: requestInput",
            "S-09: anyone shows an input in time",
            "S-09: timeoutRequestInput",
            "S-09: timeoutInput",
            "S-12: requestEscrow",
            "S-12: escrow left before its delay",
            "S-12: requestDeallot",
            "I-13, S-12: allotment left before its delay",
            "I-54: a voucher paid what it does not promise",
            "I-29: finalize a receipt",
            "I-11: requestUnbond",
            "I-11: withdraw",
            "S-05: refundRetired"
        ];
        uint256[23] memory made;
        uint256[23] memory refused;
        for (uint256 round = 0; round < 4; ++round) {
            player = new Player();
            for (uint256 i = 0; i < 200; ++i) playOne(uint256(keccak256(abi.encode(round, i))));
            for (uint8 i = 0; i < 5; ++i) player.retire(0, i);
            invariant_randomPlay_I01_I02_I03_I10_I12_I23_I24_I29_S12();
            for (uint256 i = 0; i < whats.length; ++i) {
                (uint256 did, uint256 not) = player.tally(whats[i]);
                (made[i], refused[i]) = (made[i] + did, refused[i] + not);
            }
        }
        for (uint256 i = 0; i < whats.length; ++i) {
            require(made[i] > 0, string.concat("never made: ", whats[i]));
            require(refused[i] > 0, string.concat("never refused: ", whats[i]));
        }
    }

    function playOne(uint256 seed) internal {
        Move memory chosen = moves[seed % moves.length];
        bytes memory data = abi.encodePacked(chosen.selector);
        for (uint256 i = 0; i < 4 && chosen.bits[i] > 0; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            data = bytes.concat(data, bytes32(seed >> (256 - chosen.bits[i])));
        }
        (bool success, bytes memory reason) = address(player).call(data);
        if (success) return;
        assembly ("memory-safe") {
            revert(add(reason, 32), mload(reason))
        }
    }
}
