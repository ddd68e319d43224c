// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SumTreeLib} from "../../../contracts/libraries/SumTreeLib.sol";
import {
    Channel,
    Entry,
    EntryProof,
    Receipt,
    ReceiptProof,
    SessionSignature,
    SumNode,
    Voucher
} from "../../../contracts/types/Receipt.sol";
import {ProtocolTest} from "./ProtocolTest.sol";
import {vm} from "./Vm.sol";

/// @notice Payers with channels to the worker, receipts signed by its session key, vouchers, and the trees of an epoch.
abstract contract ReceiptsTest is ProtocolTest {
    uint256 internal constant SESSION_KEY = 0x5e55;
    uint256 internal constant PAYER_KEY = 0xB000;
    uint96 internal constant ESCROW = 50e18;
    uint96 internal constant ALLOTMENT = 100e18;
    uint96 internal constant LIABILITY = 20e18;
    uint64 internal constant EPOCH = 25; // a quarter of the tier's 100 seconds
    uint256 private constant P256_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551;

    address internal payer;
    bytes32 internal channelId;

    function setUp() public virtual override {
        super.setUp();
        (bytes32 x, bytes32 y) = sessionKey(SESSION_KEY);
        vm.prank(WORKER);
        channels.setSessionKey(WORKER, x, y);
        payer = payerOf(0);
        channelId = openChannel(0, ESCROW, ALLOTMENT);
    }

    // PEOPLE

    function payerOf(uint256 index) internal pure returns (address) {
        return vm.addr(PAYER_KEY + index);
    }

    /// @notice A new payer with money, its escrow, and the worker's allotment to it.
    function openChannel(uint256 index, uint96 escrow, uint96 allotment) internal returns (bytes32 id) {
        address who = payerOf(index);
        enrich(who);
        vm.prank(who);
        id = channels.deposit(WORKER, escrow);
        if (allotment > 0) allot(id, allotment);
    }

    function allot(bytes32 id, uint96 amount) internal {
        vm.prank(WORKER);
        channels.allot(id, amount);
    }

    function sessionKey(uint256 key) internal pure returns (bytes32 x, bytes32 y) {
        (uint256 px, uint256 py) = vm.publicKeyP256(key);
        return (bytes32(px), bytes32(py));
    }

    function channelNow() internal view returns (Channel memory) {
        return channels.getChannel(channelId);
    }

    // RECEIPTS

    /// @notice Receipt number `sequence` of a channel, issued now, over the toy program's answer or a lie.
    function receiptOn(bytes32 id, uint64 sequence, bool lie) internal view returns (Receipt memory) {
        return
            Receipt({
                channelId: id,
                session: 1,
                sequence: sequence,
                programId: programId,
                inputRoot: inputRootOf(INPUT),
                outputRoot: tileHash(outputOf(lie)),
                passes: 1,
                version: 1,
                isPrivate: false,
                fee: FEE,
                liability: LIABILITY,
                issuedAt: uint64(block.timestamp),
                challengeUntil: uint64(block.timestamp) + 100,
                previous: 0
            });
    }

    function receipt(uint64 sequence, bool lie) internal view returns (Receipt memory) {
        return receiptOn(channelId, sequence, lie);
    }

    function sign(Receipt memory issued) internal view returns (SessionSignature memory) {
        return signWith(SESSION_KEY, channels.receiptIdOf(issued));
    }

    function signWith(uint256 key, bytes32 receiptId) internal pure returns (SessionSignature memory made) {
        (made.r, made.s) = vm.signP256(key, sha256(abi.encodePacked(receiptId)));
        if (uint256(made.s) > P256_N / 2) made.s = bytes32(P256_N - uint256(made.s));
        (made.x, made.y) = sessionKey(key);
    }

    /// @notice The other signature that the same key and message have.
    function flipped(SessionSignature memory made) internal pure returns (SessionSignature memory other) {
        other = SessionSignature({r: made.r, s: bytes32(P256_N - uint256(made.s)), x: made.x, y: made.y});
    }

    function opening(Receipt memory issued) internal view returns (bytes memory) {
        return abi.encode(issued, sign(issued), INPUT);
    }

    function commitmentOf(Receipt memory issued) internal view returns (bytes32) {
        return channels.commitIdOf(issued);
    }

    function dispute(Receipt memory issued, address who) internal returns (bytes32 disputeId) {
        bytes32 commitId = commitmentOf(issued);
        bytes memory shown = opening(issued);
        vm.prank(who);
        return receiptGame.challenge(commitId, shown);
    }

    /// @notice Disputes a receipt whose worker stays silent, and slashes it.
    function slashSilent(Receipt memory issued, address who) internal returns (bytes32 disputeId) {
        disputeId = dispute(issued, who);
        vm.warp(block.timestamp + 61);
        receiptGame.timeout(disputeId);
    }

    /// @notice Disputes a receipt and loses by silence.
    function loseAgainst(Receipt memory issued, address who) internal {
        bytes32 disputeId = dispute(issued, who);
        bytes32[16] memory children = traceWith(SLOTS);
        bytes32 commitId = commitmentOf(issued);
        vm.prank(WORKER);
        receiptGame.bindTrace(commitId, children);
        vm.warp(block.timestamp + 61);
        receiptGame.timeout(disputeId);
    }

    // VOUCHERS

    function voucher(bytes32 id, uint96 total) internal pure returns (Voucher memory) {
        return Voucher({channelId: id, total: total});
    }

    function signVoucher(uint256 index, Voucher memory promised) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(PAYER_KEY + index, channels.voucherHash(promised));
        return abi.encodePacked(r, s, v);
    }

    function redeemCall(uint96 total, address to) internal view returns (bytes memory) {
        Voucher[] memory vouchers = new Voucher[](1);
        bytes[] memory signatures = new bytes[](1);
        vouchers[0] = voucher(channelId, total);
        signatures[0] = signVoucher(0, vouchers[0]);
        return abi.encodeCall(channels.redeem, (vouchers, signatures, to));
    }

    function redeem(uint96 total) internal returns (uint256 amount) {
        bytes memory data = redeemCall(total, WORKER);
        vm.prank(WORKER);
        (bool success, bytes memory result) = address(channels).call(data);
        require(success, "the voucher was refused");
        return abi.decode(result, (uint256));
    }

    // TREES

    /// @notice The entry of a channel with these receipts.
    function entryOf(bytes32 id, Receipt[] memory issued) internal view returns (Entry memory entry) {
        SumNode[] memory level = leavesOf(issued);
        while (level.length > 1) level = parents(level);
        return
            Entry({
                channelId: id,
                receiptsRoot: level[0].hash,
                sum: level[0].sum,
                count: uint32(issued.length)
            });
    }

    function receiptProof(
        Receipt[] memory issued,
        uint32 index
    ) internal view returns (ReceiptProof memory proof) {
        SumNode[] memory level = leavesOf(issued);
        proof.index = index;
        proof.siblings = new SumNode[](SumTreeLib.depthOf(uint32(issued.length)));
        for (uint256 i = 0; level.length > 1; ++i) {
            uint256 sibling = (index >> i) ^ 1;
            if (sibling < level.length) proof.siblings[i] = level[sibling];
            level = parents(level);
        }
    }

    function entryRoot(Entry[] memory entries) internal pure returns (bytes32) {
        return _entryRoot(entries, 0);
    }

    /// @notice Where the path of a channel's id ends among the entries.
    function entryProof(Entry[] memory entries, bytes32 id) internal pure returns (EntryProof memory proof) {
        bytes32[] memory down = new bytes32[](256);
        uint256 depth = 0;
        for (; entries.length > 1; ++depth) {
            (Entry[] memory left, Entry[] memory right) = _split(entries, depth);
            bool goesRight = (uint256(id) >> (255 - depth)) & 1 == 1;
            down[depth] = _entryRoot(goesRight ? left : right, depth + 1);
            entries = goesRight ? right : left;
        }
        if (entries.length == 1) proof.entry = entries[0];
        proof.siblings = new bytes32[](depth);
        for (uint256 i = 0; i < depth; ++i) proof.siblings[i] = down[depth - 1 - i];
    }

    function leavesOf(Receipt[] memory issued) internal view returns (SumNode[] memory leaves) {
        leaves = new SumNode[](issued.length);
        for (uint256 i = 0; i < issued.length; ++i) {
            bytes32 id = channels.receiptIdOf(issued[i]);
            leaves[i].hash = keccak256(abi.encode(SumTreeLib.RECEIPT_DOMAIN, id, issued[i].liability));
            leaves[i].sum = issued[i].liability;
        }
    }

    function parents(SumNode[] memory level) internal pure returns (SumNode[] memory above) {
        above = new SumNode[]((level.length + 1) / 2);
        for (uint256 i = 0; i < above.length; ++i) {
            SumNode memory left = level[2 * i];
            SumNode memory right;
            if (2 * i + 1 < level.length) right = level[2 * i + 1];
            above[i].hash = keccak256(abi.encode(left, right));
            above[i].sum = left.sum + right.sum;
        }
    }

    function _entryRoot(Entry[] memory entries, uint256 depth) private pure returns (bytes32) {
        if (entries.length == 0) return 0;
        if (entries.length == 1) return keccak256(abi.encode(SumTreeLib.ENTRY_DOMAIN, entries[0]));
        (Entry[] memory left, Entry[] memory right) = _split(entries, depth);
        return keccak256(abi.encode(_entryRoot(left, depth + 1), _entryRoot(right, depth + 1)));
    }

    function _split(
        Entry[] memory entries,
        uint256 depth
    ) private pure returns (Entry[] memory left, Entry[] memory right) {
        uint256 ones = 0;
        for (uint256 i = 0; i < entries.length; ++i) ones += _bit(entries[i], depth);
        (left, right) = (new Entry[](entries.length - ones), new Entry[](ones));
        (uint256 lefts, uint256 rights) = (0, 0);
        for (uint256 i = 0; i < entries.length; ++i) {
            if (_bit(entries[i], depth) == 1) right[rights++] = entries[i];
            else left[lefts++] = entries[i];
        }
    }

    function _bit(Entry memory entry, uint256 depth) private pure returns (uint256) {
        return (uint256(entry.channelId) >> (255 - depth)) & 1;
    }
}
