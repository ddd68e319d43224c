// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DisputeGame} from "../../../../contracts/DisputeGame.sol";
import {Leaf, Permit, Request} from "../../../../contracts/types/Market.sol";
import {
    Entry,
    Receipt,
    ReceiptProof,
    SessionSignature,
    Voucher
} from "../../../../contracts/types/Receipt.sol";
import {ReceiptsTest} from "../../support/Receipts.sol";
import {vm} from "../../support/Vm.sol";
import {Case, Demanded, Ground, IActor, IFrontRunner, IHonest, PostedEpoch} from "./Ground.sol";
import {ArenaToken} from "./Token.sol";

/// @notice The actors, and what everybody can read in the log.
abstract contract Board is ReceiptsTest {
    uint256 internal constant MOST_LIVE = 10;
    uint256 internal constant PERMIT_KEY = 0xC0DE;

    Ground internal _ground;
    address[] public people; // all that may hold money in the vault
    IHonest[] internal _honest;
    IFrontRunner public frontRunner;
    mapping(address actor => uint256) public wealth; // when it came, and what strangers gave it

    bytes32[] internal _live; // commitments that have not ended, or whose money is not all paid out
    mapping(bytes32 commitId => Case) internal _cases;
    mapping(bytes32 commitId => bytes) internal _openings;
    mapping(bytes32 commitId => Receipt) internal _receipts;
    mapping(bytes32 commitId => SessionSignature) internal _signatures;
    Request[] public requests;
    uint256[] internal _liveRequests;
    bytes32[] internal _channelIds;
    Demanded[] internal _demands;
    PostedEpoch[] internal _epochsPosted;

    mapping(bytes32 disputeId => bool) public paid;
    mapping(bytes32 commitId => bool) public included; // in the epoch that was posted
    mapping(bytes32 node => bytes) public tiles; // that were shown
    mapping(bytes32 inputRoot => bytes) public inputs; // that everybody can get
    bytes32[] internal _questions; // under which an honest one asked for an input
    mapping(bytes32 id => uint256) public endedAs; // status + 1
    string public broken; // the first rule that was broken
    mapping(bytes32 what => uint256) public times; // how often something happened

    uint64 private _salt;
    uint256 private _payers;

    // WHO IS THERE

    function ground() external view returns (Ground memory) {
        return _ground;
    }

    function enter(address actor, uint256 index, bool honest) public {
        ArenaToken(address(token)).mint(actor, WEALTH);
        people.push(actor);
        wealth[actor] = WEALTH;
        IActor(actor).enter(address(this), index);
        if (honest) _honest.push(IHonest(actor));
    }

    /// @notice A stranger staked for somebody.
    function noteGift(address owner, uint256 amount) external {
        wealth[owner] += amount;
    }

    function setFrontRunner(address actor) external {
        frontRunner = IFrontRunner(actor);
    }

    function rule(bool holds, string memory what) public {
        if (!holds && bytes(broken).length == 0) broken = what;
    }

    function count(string memory what) public {
        ++times[keccak256(bytes(what))];
    }

    /// @notice A customer deposits with a permit that somebody else shows first (A26, I-54).
    function depositWithPermit(uint96 amount, function(address, Permit memory) external showFirst) external {
        address owner = vm.addr(PERMIT_KEY);
        uint256 free = vault.account(owner).free;
        ArenaToken(address(token)).mint(owner, amount);
        Permit memory permit;
        (permit.value, permit.deadline) = (amount, block.timestamp);
        (permit.v, permit.r, permit.s) = vm.sign(PERMIT_KEY, _permitHash(owner, amount));
        showFirst(owner, permit);
        vm.prank(owner);
        vault.stakeWithPermit(owner, amount, permit);
        rule(vault.account(owner).free == free + amount, "I-54: a permit that was shown first");
        count("permit");
    }

    function _permitHash(address owner, uint256 amount) private view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
        );
        uint256 nonce = token.nonces(owner);
        bytes32 terms = keccak256(
            abi.encode(typeHash, owner, address(vault), amount, nonce, block.timestamp)
        );
        return keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), terms));
    }

    // REQUESTS

    /// @notice A question that nobody has asked yet, of `requester`.
    function newQuestion(address requester, uint96 fee) public returns (Request memory made) {
        made = questionOf(++_salt);
        made.requester = requester;
        made.fee = fee;
    }

    /// @notice The honest customer asks, with the input on the chain or with a root whose bytes it hands to anyone.
    function ask(uint96 fee, bool hidden) external returns (Request memory made) {
        made = newQuestion(address(this), fee);
        made.inputPosted = !hidden;
        market.request(made, hidden ? bytes("") : INPUT);
        noteRequest(made);
    }

    function noteRequest(Request memory made) public {
        _liveRequests.push(requests.length);
        requests.push(made);
    }

    function liveRequests() external view returns (Request[] memory found) {
        found = new Request[](_liveRequests.length);
        for (uint256 i = 0; i < found.length; ++i) found[i] = requests[_liveRequests[i]];
    }

    /// @notice Whether there is room for one more commitment; histories stay small enough to be looked through.
    function room() public view returns (bool) {
        return _live.length < MOST_LIVE && _liveRequests.length < MOST_LIVE + 4;
    }

    // COMMITMENTS

    /// @notice Somebody answered alone in a batch: everybody read the event.
    function notePublished(Request memory made, bytes memory output) external returns (bytes32 commitId) {
        address worker = stateOf(made).worker;
        bytes32 outputRoot = tileHash(output);
        tiles[outputRoot] = output;
        commitId = market.commitIdOf(made, 1, outputRoot, worker);
        Case storage added = _cases[commitId];
        (added.source, added.on, added.worker) = (market, game, worker);
        (added.outputRoot, added.inputRoot) = (outputRoot, made.inputRoot);
        added.isWrong = outputRoot != tileHash(outputOf(false));
        added.requestId = idOf(made);
        added.fee = made.fee;
        Leaf memory leaf;
        (leaf.passes, leaf.outputRoot) = (1, outputRoot);
        _openings[commitId] = openingOf(made, leaf);
        _live.push(commitId);
    }

    /// @notice Somebody signed a receipt, and its payer shows it around.
    function noteReceipt(
        Receipt memory issued,
        SessionSignature memory signature
    ) external returns (bytes32 commitId) {
        commitId = channels.commitIdOf(issued);
        Case storage added = _cases[commitId];
        (added.source, added.on) = (channels, receiptGame);
        added.worker = channels.getChannel(issued.channelId).worker;
        (added.outputRoot, added.inputRoot) = (issued.outputRoot, issued.inputRoot);
        added.isWrong = issued.outputRoot != tileHash(outputOf(false));
        added.isPrivate = issued.isPrivate;
        added.channelId = issued.channelId;
        added.signedUntil = issued.challengeUntil;
        _receipts[commitId] = issued;
        _signatures[commitId] = signature;
        _openings[commitId] = abi.encode(issued, signature, INPUT);
        _live.push(commitId);
    }

    function live() external view returns (bytes32[] memory) {
        return _live;
    }

    function caseOf(bytes32 commitId) external view returns (Case memory) {
        return _cases[commitId];
    }

    function opening(bytes32 commitId) external view returns (bytes memory) {
        return _openings[commitId];
    }

    function receiptOf(bytes32 commitId) external view returns (Receipt memory, SessionSignature memory) {
        return (_receipts[commitId], _signatures[commitId]);
    }

    /// @notice The children that a worker bound, from the event.
    function noteBound(bytes32 commitId, bytes32[16] memory children) external {
        _cases[commitId].isBound = true;
        _cases[commitId].children = children;
    }

    function noteTile(bytes memory tile) external {
        tiles[tileHash(tile)] = tile;
    }

    function noteInput(bytes memory input) external {
        inputs[tileHash(input)] = input;
    }

    function notePaid(bytes32 disputeId) external {
        paid[disputeId] = true;
    }

    /// @notice The disputes of a commitment, in the order of opening.
    function disputesOf(bytes32 commitId) public view returns (bytes32[] memory ids) {
        DisputeGame on = _cases[commitId].on;
        ids = new bytes32[](on.getBinding(commitId).disputes);
        for (uint32 i = 0; i < ids.length; ++i) ids[i] = on.disputeIdOf(commitId, i);
    }

    function noteQuestion(bytes32 id) external {
        _questions.push(id);
    }

    // CHANNELS AND EPOCHS

    /// @notice A payer opens a channel with the caller.
    function openChannelWith(address worker) external returns (bytes32 id, uint256 payerIndex) {
        payerIndex = _payers++;
        address who = payerOf(payerIndex);
        people.push(who);
        ArenaToken(address(token)).mint(who, WEALTH);
        vm.prank(who);
        token.approve(address(vault), type(uint256).max);
        vm.prank(who);
        id = channels.deposit(worker, ESCROW);
        _channelIds.push(id);
    }

    function newReceipt(bytes32 id, uint64 sequence, bool lie) external view returns (Receipt memory) {
        return receiptOn(id, sequence, lie);
    }

    function signedBy(uint256 key, Receipt memory issued) external view returns (SessionSignature memory) {
        return signWith(key, channels.receiptIdOf(issued));
    }

    function pointOf(uint256 key) external pure returns (bytes32 x, bytes32 y) {
        return sessionKey(key);
    }

    function voucherFrom(
        uint256 payerIndex,
        bytes32 id,
        uint96 total
    ) external view returns (Voucher memory made, bytes memory signature) {
        made = voucher(id, total);
        signature = signVoucher(payerIndex, made);
    }

    function treeOf(
        bytes32 id,
        Receipt[] memory issued
    ) external view returns (Entry memory entry, bytes32 root) {
        entry = entryOf(id, issued);
        Entry[] memory entries = new Entry[](1);
        entries[0] = entry;
        root = entryRoot(entries);
    }

    function placeOf(Receipt[] memory issued, uint32 index) external view returns (ReceiptProof memory) {
        return receiptProof(issued, index);
    }

    function noteEpoch(uint64 epoch, Entry memory entry, Receipt[] memory issued) external {
        _epochsPosted.push(PostedEpoch(epoch, entry));
        for (uint256 i = 0; i < issued.length; ++i) included[channels.commitIdOf(issued[i])] = true;
    }

    function lastEpoch() external view returns (bool any, PostedEpoch memory posted) {
        any = _epochsPosted.length > 0;
        if (any) posted = _epochsPosted[_epochsPosted.length - 1];
    }

    function noteDemand(Demanded memory demanded) external {
        _demands.push(demanded);
    }

    function demands() external view returns (Demanded[] memory) {
        return _demands;
    }
}
