// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DisputeGame} from "../../../contracts/DisputeGame.sol";
import {InferenceMarket} from "../../../contracts/InferenceMarket.sol";
import {Parameters} from "../../../contracts/Parameters.sol";
import {ProgramRegistry} from "../../../contracts/ProgramRegistry.sol";
import {StakeVault} from "../../../contracts/StakeVault.sol";
import {IStakeVault} from "../../../contracts/interfaces/IStakeVault.sol";
import {AssayToken} from "../../../contracts/mocks/AssayToken.sol";
import {StepVerifierMock} from "../../../contracts/mocks/StepVerifierMock.sol";
import {Method, RequestParams} from "../../../contracts/types/Market.sol";
import {ProgramHeader} from "../../../contracts/types/Program.sol";
import {Tier} from "../../../contracts/types/Tier.sol";
import {StepProof} from "../../../contracts/types/Trace.sol";
import {vm} from "./Vm.sol";

/// @notice The protocol with the toy machine as judge, people with money, and a toy program of 16 slots.
abstract contract ProtocolTest {
    address internal constant PUBLISHER = address(0xA001);
    address internal constant REQUESTER = address(0xA002);
    address internal constant WORKER = address(0xA003);
    address internal constant CHALLENGER = address(0xA004);
    address internal constant FRIEND = address(0xA005);
    address internal constant KEEPER = address(0xA006);
    address internal constant STRANGER = address(0xA007);
    address internal constant KEY = address(0xA008);

    uint96 internal constant WEALTH = 1e24;
    uint96 internal constant STAKE = 10_000e18;
    uint96 internal constant FEE = 1e18;
    uint32 internal constant UNBONDING = 600;
    uint256 internal constant SLOTS = 16;
    uint256 internal constant START = 1_800_000_000;

    AssayToken internal token;
    Parameters internal parameters;
    StakeVault internal vault;
    StepVerifierMock internal verifier;
    ProgramRegistry internal registry;
    InferenceMarket internal market;
    DisputeGame internal game;
    bytes32 internal programId;

    function setUp() public virtual {
        vm.warp(START);
        token = new AssayToken();
        Tier[] memory tiers = new Tier[](1);
        tiers[0] = tier();
        parameters = new Parameters(tiers, UNBONDING);
        vault = new StakeVault(token, parameters);
        verifier = new StepVerifierMock();
        registry = new ProgramRegistry(vault, verifier, parameters);
        market = new InferenceMarket(vault, registry, parameters);
        game = new DisputeGame(vault, market, parameters, verifier);
        address[] memory modules = new address[](3);
        (modules[0], modules[1], modules[2]) = (address(market), address(game), address(registry));
        vault.setModules(modules);
        market.setGame(address(game));

        address[7] memory people = [PUBLISHER, REQUESTER, WORKER, CHALLENGER, FRIEND, KEEPER, STRANGER];
        for (uint256 i = 0; i < people.length; ++i) {
            token.mint(people[i], WEALTH);
            vm.prank(people[i]);
            token.approve(address(vault), type(uint256).max);
        }
        vm.prank(WORKER);
        vault.stake(WORKER, STAKE);
        bytes32 root = descriptorsRoot(); // hashing is a call too: it would use up the prank
        vm.prank(PUBLISHER);
        programId = registry.register(header(), root, 0, 0, "");
    }

    // DATA

    function tier() internal pure returns (Tier memory) {
        return
            Tier({
                name: "test",
                claimSeconds: 50,
                deliverySeconds: 60,
                windowSeconds: 60,
                workerSeconds: 60,
                challengerSeconds: 60,
                floorSeconds: 10,
                airgapSeconds: 30,
                inputSeconds: 30,
                maxTraceDepth: 4,
                maxTensorDepth: 5,
                minLock: 100e18,
                lockPerFee: 20,
                minFee: 1e15,
                challengeBond: 10e18,
                publisherBond: 50e18,
                deliveryPenaltyBps: 100,
                gasPrice: 1e12
            });
    }

    function header() internal pure returns (ProgramHeader memory) {
        return
            ProgramHeader({
                operatorSet: 1,
                slots: uint32(SLOTS),
                constants: 0,
                maxPasses: 1,
                inputBytes: 8,
                outputBytes: 16,
                tensorDepth: 0
            });
    }

    /// @notice A toy descriptor that breaks `rule`, reads slot 0, and has `kind` as type.
    function descriptor(uint8 rule, uint8 kind) internal pure returns (bytes memory) {
        return abi.encodePacked(rule, uint8(0), kind);
    }

    function descriptorHash(bytes memory bytes_) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(uint8(2), bytes_));
    }

    /// @notice 17 descriptors: slot 3 breaks rule 7, slot 5 disagrees in type with slot 0, the others are well formed.
    function descriptorLeaves() internal pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](SLOTS + 1);
        for (uint256 i = 0; i <= SLOTS; ++i) leaves[i] = descriptorHash(descriptorAt(i));
    }

    function descriptorAt(uint256 index) internal pure returns (bytes memory) {
        if (index == 3) return descriptor(7, 1);
        return index == 5 ? descriptor(0, 2) : descriptor(0, 1);
    }

    function descriptorsRoot() internal pure returns (bytes32) {
        bytes32[] memory leaves = descriptorLeaves();
        bytes32[16] memory top;
        bytes32[16] memory low;
        for (uint256 i = 0; i < 16; ++i) low[i] = leaves[i];
        top[0] = nodeHash(low);
        bytes32[16] memory rest;
        rest[0] = leaves[16];
        top[1] = nodeHash(rest);
        return nodeHash(top);
    }

    /// @notice The siblings of descriptor `index` below 16.
    function descriptorPath(uint256 index) internal pure returns (bytes32[] memory path) {
        bytes32[] memory leaves = descriptorLeaves();
        path = new bytes32[](30);
        uint256 at_ = 0;
        for (uint256 i = 0; i < 16; ++i) if (i != index) path[at_++] = leaves[i];
        bytes32[16] memory rest;
        rest[0] = leaves[16];
        path[15] = nodeHash(rest);
    }

    function nodeHash(bytes32[16] memory children) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(uint8(1), children));
    }

    function tileHash(bytes memory tile) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(uint8(0), tile));
    }

    /// @notice What the toy machine computes for a slot, or something else.
    function tileOf(uint256 slot, bool lie) internal pure returns (bytes memory) {
        uint8 value = uint8(slot);
        return abi.encodePacked(lie ? value + 1 : value, value, value);
    }

    /// @notice The children of the trace root, with a lie in one slot (none when there is no such slot).
    function traceWith(uint256 lie) internal pure returns (bytes32[16] memory children) {
        for (uint256 i = 0; i < 16; ++i) children[i] = tileHash(tileOf(i, i == lie));
    }

    function outputOf(bool lie) internal pure returns (bytes memory output) {
        output = new bytes(16);
        for (uint256 i = 0; i < 16; ++i) output[i] = bytes1(uint8(SLOTS));
        if (lie) output[0] = 0xff;
    }

    function stepProof(bytes memory tile) internal pure returns (StepProof memory proof) {
        proof.tile = tile;
    }

    function params() internal view returns (RequestParams memory) {
        return
            RequestParams({
                programId: programId,
                input: "12345678",
                fee: FEE,
                version: 1,
                method: Method.Optimistic,
                worker: address(0),
                consumer: address(0),
                callbackGas: 0
            });
    }

    // VERBS

    function makeRequest() internal returns (bytes32 requestId) {
        vm.prank(REQUESTER);
        return market.request(params());
    }

    function claimRequest() internal returns (bytes32 requestId) {
        requestId = makeRequest();
        vm.prank(WORKER);
        market.claim(requestId, WORKER);
    }

    function commitRequest() internal returns (bytes32 requestId, bytes32 commitId) {
        requestId = claimRequest();
        vm.prank(WORKER);
        commitId = market.commit(requestId, 1, outputOf(false));
    }

    function openDispute(address challenger) internal returns (bytes32 commitId, bytes32 disputeId) {
        (, commitId) = commitRequest();
        vm.prank(challenger);
        disputeId = game.challenge(commitId);
    }

    function bindWith(bytes32 commitId, uint256 lie) internal {
        bytes32[16] memory children = traceWith(lie);
        vm.prank(WORKER);
        game.bindTrace(commitId, children);
    }

    function chooseSlot(bytes32 disputeId, address challenger, uint256 slot, uint256 lie) internal {
        bytes32[16] memory children = traceWith(lie);
        bytes32 root = nodeHash(children);
        vm.prank(challenger);
        game.choose(disputeId, root, children, uint8(slot));
    }

    function revealSlot(bytes32 commitId, uint256 slot, uint256 lie) internal {
        bytes memory tile = tileOf(slot, slot == lie);
        bytes32 node = tileHash(tile);
        vm.prank(WORKER);
        game.revealTile(commitId, node, tile);
    }

    function proveSlot(bytes32 disputeId, address challenger, uint256 slot, uint256 lie) internal {
        bytes memory tile = tileOf(slot, slot == lie);
        bytes32 node = tileHash(tile);
        vm.prank(challenger);
        game.proveStep(disputeId, node, stepProof(tile));
    }

    // CHECKS

    /// @notice The call reverts with exactly `expected`.
    function refuse(address caller, address target, bytes memory data, bytes memory expected) internal {
        vm.prank(caller);
        (bool success, bytes memory reason) = target.call(data);
        require(!success, "the call was accepted");
        require(keccak256(reason) == keccak256(expected), "the call reverted with another error");
    }

    function account(address owner) internal view returns (IStakeVault.Account memory) {
        return vault.account(owner);
    }

    function fail(string memory what) internal pure {
        require(false, what);
    }

    function equal(uint256 actual, uint256 expected, string memory what) internal pure {
        require(actual == expected, string.concat(what, ": ", text(actual), " instead of ", text(expected)));
    }

    function text(uint256 value) internal pure returns (string memory) {
        if (value == 0) return "0";
        bytes memory digits;
        for (; value > 0; value /= 10) digits = bytes.concat(bytes1(uint8(48 + (value % 10))), digits);
        return string(digits);
    }
}
