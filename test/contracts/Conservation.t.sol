// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DisputeGame} from "../../contracts/DisputeGame.sol";
import {InferenceMarket} from "../../contracts/InferenceMarket.sol";
import {IProgramRegistry} from "../../contracts/interfaces/IProgramRegistry.sol";
import {IStakeVault} from "../../contracts/interfaces/IStakeVault.sol";
import {SplitLib} from "../../contracts/libraries/SplitLib.sol";
import {Dispute, DisputeStatus} from "../../contracts/types/Dispute.sol";
import {Commitment, Request, RequestParams, RequestStatus} from "../../contracts/types/Market.sol";
import {ProgramStatus} from "../../contracts/types/Program.sol";
import {ProtocolTest} from "./support/ProtocolTest.sol";
import {vm} from "./support/Vm.sol";

/// @notice Plays the protocol at random: every role, honest and lying, at any time. Moves that are against the rules at
/// that moment are not made, so what a run does is a legal history.
contract Player is ProtocolTest {
    uint256 internal constant HONEST = 99;

    bytes32[] public requests;
    bytes32[] public commitments;
    bytes32[] public disputes;
    mapping(bytes32 commitId => uint256) public lies;
    uint256 public slashes;
    uint256 public finals;
    uint256 public payouts;
    bool public misjudged;

    constructor() {
        super.setUp();
    }

    function setUp() public override {}

    function addresses()
        external
        view
        returns (DisputeGame, InferenceMarket, address vault_, address token_)
    {
        return (game, market, address(vault), address(token));
    }

    function counts() external view returns (uint256, uint256, uint256) {
        return (requests.length, commitments.length, disputes.length);
    }

    function requestStatus(bytes32 requestId) internal view returns (RequestStatus) {
        return market.getRequest(requestId).status;
    }

    function withFee(uint96 fee) internal view returns (RequestParams memory made) {
        made = params();
        made.fee = fee;
    }

    // TIME

    function wait(uint8 span) external {
        vm.warp(block.timestamp + (span % 40));
    }

    function waitLong() external {
        vm.warp(block.timestamp + UNBONDING);
    }

    // MARKET

    function request(uint64 fee) external {
        vm.prank(REQUESTER);
        requests.push(market.request(withFee(uint96(1e15 + (fee % 20e18)))));
    }

    function answer(uint64 fee, uint8 lie, uint8 hurry) external {
        vm.prank(REQUESTER);
        bytes32 requestId = market.request(withFee(uint96(1e15 + (fee % 20e18))));
        requests.push(requestId);
        if (account(WORKER).free < 500e18) return;
        vm.prank(WORKER);
        market.claim(requestId, WORKER);
        if (hurry % 8 == 0) return;
        vm.prank(WORKER);
        bytes32 commitId = market.commit(requestId, 1, outputOf(false));
        commitments.push(commitId);
        lies[commitId] = lie % 2 == 0 ? HONEST : lie % 16;
    }

    function cancelOrExpire(uint8 which) external {
        if (requests.length == 0) return;
        bytes32 requestId = requests[which % requests.length];
        if (requestStatus(requestId) != RequestStatus.Open) return;
        if (block.timestamp > market.getRequest(requestId).deadline) {
            market.expire(requestId);
        } else {
            vm.prank(REQUESTER);
            market.cancel(requestId);
        }
    }

    function poke(uint8 which) external {
        if (requests.length == 0) return;
        bytes32 requestId = requests[which % requests.length];
        Request memory r = market.getRequest(requestId);
        if (block.timestamp <= r.deadline) return;
        if (r.status == RequestStatus.Claimed) market.timeoutDelivery(requestId);
        if (r.status != RequestStatus.Committed) return;
        if (market.getCommitment(r.commitId).openDisputes > 0) return;
        market.finalize(requestId);
        ++finals;
    }

    function settle(uint8 which) public {
        if (commitments.length == 0) return;
        bytes32 commitId = commitments[which % commitments.length];
        Commitment memory c = market.getCommitment(commitId);
        if (c.slashedAt == 0 || c.settled) return;
        if (block.timestamp <= c.slashedAt + 30) vm.warp(c.slashedAt + 31);
        market.settle(commitId);
    }

    // GAME

    function challenge(uint8 which, bool friend) external {
        if (commitments.length == 0) return;
        bytes32 commitId = commitments[which % commitments.length];
        Commitment memory c = market.getCommitment(commitId);
        if (market.commitmentStatus(commitId) != RequestStatus.Committed) return;
        if (block.timestamp > c.committedAt + 60) return;
        vm.prank(friend ? FRIEND : CHALLENGER);
        disputes.push(game.challenge(commitId));
    }

    /// @notice The next legal move of either side in one dispute; the challenger descends into the lie, or into `slot`.
    function move(uint8 which, uint8 slot) public {
        if (disputes.length == 0) return;
        bytes32 disputeId = disputes[which % disputes.length];
        Dispute memory d = game.getDispute(disputeId);
        if (d.status != DisputeStatus.Open) return;
        uint256 lie = lies[d.commitId];
        uint256 target = lie == HONEST ? slot % SLOTS : lie;
        (bool workersTurn, uint64 deadline) = game.turn(disputeId);
        if (block.timestamp > deadline) {
            game.timeout(disputeId);
            if (workersTurn) ++slashes;
        } else if (workersTurn && !d.rooted) {
            bindWith(d.commitId, lie);
        } else if (workersTurn) {
            revealSlot(d.commitId, target, lie);
        } else if (!d.rooted) {
            chooseSlot(disputeId, d.challenger, target, lie);
        } else {
            uint256 at_ = d.position.path;
            proveSlot(disputeId, d.challenger, at_, lie);
            if (at_ == lie) ++slashes;
            bool won = game.getDispute(disputeId).status == DisputeStatus.Won;
            if (won != (at_ == lie)) misjudged = true;
        }
    }

    function settleDispute(uint8 which) public {
        if (disputes.length == 0) return;
        bytes32 disputeId = disputes[which % disputes.length];
        try game.settleDispute(disputeId) {
            ++payouts;
        } catch {}
    }

    /// @notice Plays on with every dispute, so that runs reach the end of some.
    function moveAll(uint8 slot) external {
        for (uint8 i = 0; i < disputes.length; ++i) move(i, slot);
    }

    function settleAll() external {
        for (uint8 i = 0; i < commitments.length; ++i) settle(i);
        for (uint8 i = 0; i < disputes.length; ++i) settleDispute(i);
    }

    // VAULT

    function unbond(uint64 amount) external {
        if (amount == 0 || amount > account(WORKER).free) return;
        if (vault.tranches(WORKER).length == 16) return;
        vm.prank(WORKER);
        vault.requestUnbond(amount);
    }

    function withdraw() external {
        IStakeVault.Tranche[] memory queue = vault.tranches(WORKER);
        if (queue.length == 0 || queue[0].availableAt > block.timestamp) return;
        vm.prank(WORKER);
        vault.withdraw();
    }

    function claimCredit(uint8 who) external {
        address owner = person(who % 5);
        if (account(owner).credit == 0) return;
        vm.prank(owner);
        vault.claimCredit(owner);
    }

    function sweep() external {
        if (vault.pendingBurn() > 0) vault.sweepBurn();
    }

    /// @notice Retires the program (once in a while), then refunds.
    function retire(uint8 chance, uint8 which) external {
        if (chance % 32 == 0 && registry.isActive(programId)) {
            IProgramRegistry.MalformedProof memory proof;
            proof.index = 3;
            proof.descriptor = descriptorAt(3);
            proof.path = descriptorPath(3);
            registry.proveMalformed(programId, proof);
        }
        if (registry.program(programId).status != ProgramStatus.Retired || requests.length == 0) return;
        bytes32 requestId = requests[which % requests.length];
        RequestStatus s = requestStatus(requestId);
        if (s == RequestStatus.Claimed || s == RequestStatus.Committed) market.refundRetired(requestId);
    }

    // WHAT MUST HOLD

    function person(uint256 number) internal view returns (address) {
        return [REQUESTER, WORKER, CHALLENGER, FRIEND, address(this), PUBLISHER][number];
    }

    /// @notice I-01 and I-03: the ledger sums to what the vault holds, and the vault holds it.
    function checkLedger() external view {
        uint256 sum = vault.pendingBurn();
        sum += vault.escrow(address(market)) + vault.escrow(address(game)) + vault.escrow(address(registry));
        for (uint256 i = 0; i < 6; ++i) {
            IStakeVault.Account memory a = account(person(i));
            sum += uint256(a.free) + a.locked + a.unbonding + a.credit;
        }
        equal(sum, vault.held(), "I-01: sum of the ledger");
        equal(token.balanceOf(address(vault)), vault.held(), "I-01: balance");
    }

    /// @notice I-02 and I-10: what is locked is exactly what open work needs. I-03: so is what is in escrow.
    function checkLocksAndEscrow() external view {
        uint256 locked = 0;
        uint256 fees = 0;
        for (uint256 i = 0; i < requests.length; ++i) {
            Request memory r = market.getRequest(requests[i]);
            bool working = r.status == RequestStatus.Claimed || r.status == RequestStatus.Committed;
            if (working) locked += SplitLib.lockFor(r.fee, 100e18, 20);
            if (working || r.status == RequestStatus.Open) fees += r.fee;
            Commitment memory c = market.getCommitment(r.commitId);
            if (c.slashedAt != 0 && !c.settled) fees += c.lock;
        }
        equal(account(WORKER).locked, locked, "I-02: locks");
        equal(vault.escrow(address(market)), fees, "I-03: fees and slashed locks");
    }

    /// @notice I-23, I-29: the market counts exactly the disputes that are open.
    function checkOpenDisputes() external view {
        for (uint256 i = 0; i < commitments.length; ++i) {
            bytes32 commitId = commitments[i];
            if (market.commitmentStatus(commitId) != RequestStatus.Committed) continue;
            uint256 open = 0;
            uint256 gasOwed = 0;
            for (uint256 j = 0; j < disputes.length; ++j) {
                Dispute memory d = game.getDispute(disputes[j]);
                if (d.commitId != commitId || d.status != DisputeStatus.Open) continue;
                ++open;
                gasOwed += d.gasOwed;
            }
            equal(market.getCommitment(commitId).openDisputes, open, "I-29: open disputes");
            equal(game.getBinding(commitId).gasOwed, gasOwed, "gas owed");
            checkList(commitId, open);
        }
    }

    function checkList(bytes32 commitId, uint256 length) internal view {
        uint32 previous = 0;
        uint32 place = game.getBinding(commitId).first;
        for (uint256 i = 0; i < length; ++i) {
            Dispute memory d = game.getDispute(game.disputeIdOf(commitId, place - 1));
            require(d.previous == previous && d.status == DisputeStatus.Open, "the list of disputes");
            (previous, place) = (place, d.next);
        }
        require(place == 0 && game.getBinding(commitId).last == previous, "the end of the list");
    }

    /// @notice I-20 and I-21: proofs slash lies and nothing else.
    function checkTruth() external view {
        require(!misjudged, "I-20: a proof ended against the truth");
    }
}

/// @notice Random legal histories; after each call everything must add up.
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

    function invariant_ledger_I01_I03() public view {
        player.checkLedger();
    }

    function invariant_locks_I02_I10() public view {
        player.checkLocksAndEscrow();
    }

    function invariant_openDisputes_I29() public view {
        player.checkOpenDisputes();
    }

    function invariant_truth_I20() public view {
        player.checkTruth();
    }
}
