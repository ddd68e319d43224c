// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Parameters} from "../../../../contracts/Parameters.sol";
import {ProgramRegistry} from "../../../../contracts/ProgramRegistry.sol";
import {StakeVault} from "../../../../contracts/StakeVault.sol";
import {AssayToken} from "../../../../contracts/mocks/AssayToken.sol";
import {StepVerifierMock} from "../../../../contracts/mocks/StepVerifierMock.sol";
import {Commitment, CommitmentStatus} from "../../../../contracts/types/Commitment.sol";
import {DisputeStatus} from "../../../../contracts/types/Dispute.sol";
import {InputStatus} from "../../../../contracts/types/InputRequest.sol";
import {RequestStatus} from "../../../../contracts/types/Market.sol";
import {DemandStatus} from "../../../../contracts/types/Receipt.sol";
import {Tier} from "../../../../contracts/types/Tier.sol";
import {vm} from "../../support/Vm.sol";
import {Board} from "./Board.sol";
import {Case, Ground} from "./Ground.sol";
import {ArenaToken} from "./Token.sol";

/// @notice The protocol among its actors. Time passes here only, and whatever adversaries did, the honest ones land what they
/// have to say within the floor that every clock keeps, never sooner than an adversary lets them.
contract Arena is Board {
    error Forgotten();

    address internal immutable GOVERNOR_OF_ARENA;
    address internal immutable GUARDIAN_OF_ARENA;

    uint256 internal _delay; // of what honest ones send; at most the floor
    bool internal _forgets; // the next round of honest moves
    bytes32[] internal _past; // commitments that have ended for good
    address internal _worker; // the honest one

    constructor(address governor_, address guardian_) {
        vm.warp(START);
        (GOVERNOR_OF_ARENA, GUARDIAN_OF_ARENA) = (governor_, guardian_);
        token = AssayToken(address(new ArenaToken()));
        Tier[] memory tiers = new Tier[](1);
        tiers[0] = tier();
        parameters = new Parameters(tiers, UNBONDING, governor_);
        vault = new StakeVault(token, parameters);
        verifier = new StepVerifierMock();
        registry = new ProgramRegistry(vault, verifier, parameters);
        deployRest();
        people.push(address(this));
        people.push(AUDIT_POOL);
        ArenaToken(address(token)).mint(address(this), WEALTH);
        token.approve(address(vault), type(uint256).max);
        programId = registry.register(header(), descriptorsRoot(), 0, 0, "");
        inputs[tileHash(INPUT)] = INPUT;
        people.push(vm.addr(PERMIT_KEY));
        _ground = Ground({
            token: ArenaToken(address(token)),
            parameters: parameters,
            vault: vault,
            market: market,
            game: game,
            channels: channels,
            receiptGame: receiptGame,
            epochs: epochs,
            inputRequests: inputRequests,
            equivocation: equivocation,
            programId: programId
        });
    }

    function setUp() public override {}

    function guardian() internal view override returns (address) {
        return GUARDIAN_OF_ARENA;
    }

    function auditPool() internal pure override returns (address) {
        return AUDIT_POOL;
    }

    // TIME

    /// @notice Some time passes.
    function pass(uint8 span) external {
        passTo(block.timestamp + 1 + (span % 70));
    }

    /// @notice So much time that everything that can end has ended.
    function passLong() external {
        passTo(block.timestamp + UNBONDING);
        passTo(block.timestamp + 1);
    }

    /// @notice From now to `until`. The honest ones get their turn on the way, late by what an adversary made of it.
    function passTo(uint256 until) public {
        if (until <= block.timestamp) return;
        uint256 turn = block.timestamp + _delay;
        vm.warp(turn < until ? turn : until);
        honestTurn();
        if (block.timestamp < until) vm.warp(until);
    }

    /// @notice An adversary delays what honest ones send, by as much as it can.
    function delayHonest(uint256 seconds_) external {
        _delay = seconds_ % (uint256(tier().floorSeconds) + 1);
    }

    /// @notice A re-organisation takes back the next round of honest moves; they are made again.
    function reorganise() external {
        _forgets = true;
    }

    function honestTurn() public {
        if (_forgets) {
            _forgets = false;
            try this.actAndForget() {} catch {}
            count("forgotten");
        }
        actAll();
        tidy();
    }

    function actAll() public {
        for (uint256 i = 0; i < _honest.length; ++i) {
            try _honest[i].act() {} catch (bytes memory reason) {
                rule(false, string.concat("honest agent ", text(i), " was refused: ", string(reason)));
            }
        }
    }

    function actAndForget() external {
        actAll();
        revert Forgotten();
    }

    /// @notice Puts away what has ended and is paid out, once it was looked at for the last time.
    function tidy() public {
        for (uint256 i = _live.length; i > 0; --i) {
            if (!isDone(_live[i - 1])) continue;
            _past.push(_live[i - 1]);
            judge(_live[i - 1]);
            _live[i - 1] = _live[_live.length - 1];
            _live.pop();
        }
        for (uint256 i = _liveRequests.length; i > 0; --i) {
            bytes32 requestId = idOf(requests[_liveRequests[i - 1]]);
            if (market.requestState(requestId).status < RequestStatus.Finalized) continue;
            if (inputRequests.getInputRequest(requestId).status == InputStatus.Open) continue;
            _liveRequests[i - 1] = _liveRequests[_liveRequests.length - 1];
            _liveRequests.pop();
        }
        for (uint256 i = _demands.length; i > 0; --i) {
            if (epochs.getDemand(_demands[i - 1].demandId).status == DemandStatus.Open) continue;
            _demands[i - 1] = _demands[_demands.length - 1];
            _demands.pop();
        }
    }

    /// @notice How a commitment stands is how it may: no lie is final, no end is followed by another, and no answer of the
    /// honest worker is slashed.
    function judge(bytes32 commitId) public {
        Case storage c = _cases[commitId];
        CommitmentStatus status = c.source.getCommitment(commitId).status;
        bool isNew = endedAs[c.requestId == 0 ? commitId : c.requestId] == 0;
        bool isFinal = status == CommitmentStatus.Finalized;
        if (c.requestId != 0) {
            RequestStatus asked = market.requestState(c.requestId).status;
            isFinal = asked == RequestStatus.Finalized;
            _absorbs(c.requestId, uint8(asked), uint8(RequestStatus.Finalized), uint8(RequestStatus.Slashed));
        }
        _absorbs(commitId, uint8(status), uint8(CommitmentStatus.Finalized), uint8(CommitmentStatus.Slashed));
        rule(!(isFinal && c.isWrong && !c.isPrivate), "I-21: a wrong result is final");
        rule(
            status != CommitmentStatus.Slashed || c.worker != _worker,
            "I-20: the honest worker was slashed"
        );
        if (isNew && isFinal) count(c.isWrong ? "wrong final" : "true final");
    }

    function _absorbs(bytes32 id, uint8 status, uint8 firstEnd, uint8 slashed) internal {
        if (status < firstEnd) return;
        uint256 before = endedAs[id];
        // Only the guardian turns a slash into a refund, whose number is the next.
        bool same = before == 0 || before == status + 1 || (before == slashed + 1 && status == slashed + 1);
        rule(same, "I-24: what had ended changed");
        endedAs[id] = status + 1;
    }

    function isDone(bytes32 commitId) public view returns (bool) {
        Case storage c = _cases[commitId];
        Commitment memory held = c.source.getCommitment(commitId);
        if (inputRequests.getInputRequest(commitId).status == InputStatus.Open) return false;
        if (epochs.getDemand(commitId).status == DemandStatus.Open) return false;
        if (held.status == CommitmentStatus.None) {
            if (c.requestId == 0) return block.timestamp > c.signedUntil;
            return market.requestState(c.requestId).status >= RequestStatus.Finalized;
        }
        if (held.status == CommitmentStatus.Open) return false;
        if (held.status == CommitmentStatus.Slashed && !held.settled) return false;
        bytes32[] memory disputes = disputesOf(commitId);
        for (uint256 i = 0; i < disputes.length; ++i) {
            if (paid[disputes[i]]) continue;
            if (c.on.getDispute(disputes[i]).status != DisputeStatus.Lost) return false;
        }
        return true;
    }
}
