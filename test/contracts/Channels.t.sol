// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Channels} from "../../contracts/Channels.sol";
import {IChannels} from "../../contracts/interfaces/IChannels.sol";
import {IStakeVault} from "../../contracts/interfaces/IStakeVault.sol";
import {Channel, Receipt, Voucher} from "../../contracts/types/Receipt.sol";
import {ReceiptsTest} from "./support/Receipts.sol";
import {vm} from "./support/Vm.sol";

/// @notice A contract that pays: it accepts one digest, until it no longer does.
contract ContractPayer {
    bytes32 public accepted;

    function accept(bytes32 digest) external {
        accepted = digest;
    }

    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        return digest == accepted ? bytes4(0x1626ba7e) : bytes4(0);
    }

    function pay(address target, bytes calldata data) external {
        (bool success, ) = target.call(data);
        require(success, "the call failed");
    }
}

/// @notice Escrow, allotment, session keys and vouchers. Receipts have a file of their own.
contract ChannelsTest is ReceiptsTest {
    // ESCROW

    function test_takeEscrow_paysVouchersThroughTheWholeDelay_S12() public {
        vm.prank(payer);
        channels.requestEscrow(channelId, ESCROW);
        uint40 from = channelNow().escrowFrom;
        equal(from, block.timestamp + UNBONDING, "from when it may be taken");

        vm.warp(from - 1);
        _refuse(
            payer,
            abi.encodeCall(channels.takeEscrow, (channelId)),
            abi.encodeWithSelector(IChannels.NothingToTake.selector, channelId, from)
        );
        equal(redeem(10e18), 10e18, "a voucher is paid from what is leaving");

        vm.warp(from);
        uint256 before = token.balanceOf(payer);
        vm.prank(payer);
        channels.takeEscrow(channelId);
        equal(token.balanceOf(payer) - before, ESCROW - 10e18, "the rest is back");
        equal(channelNow().escrow + vault.escrow(address(channels)), 0, "nothing is left");
    }

    function test_requestEscrow_again_restartsTheDelay_S12() public {
        vm.prank(payer);
        channels.requestEscrow(channelId, 10e18);
        vm.warp(block.timestamp + UNBONDING - 1);
        vm.prank(payer);
        channels.requestEscrow(channelId, 5e18);
        uint40 from = channelNow().escrowFrom;
        equal(from, block.timestamp + UNBONDING, "from when it may be taken");
        vm.warp(block.timestamp + 1);
        _refuse(
            payer,
            abi.encodeCall(channels.takeEscrow, (channelId)),
            abi.encodeWithSelector(IChannels.NothingToTake.selector, channelId, from)
        );
    }

    function test_escrow_notPayer_reverts_I50() public {
        bytes memory refusal = abi.encodeWithSelector(IChannels.NotAuthorized.selector, WORKER, payer);
        _refuse(WORKER, abi.encodeCall(channels.requestEscrow, (channelId, 1)), refusal);
        _refuse(WORKER, abi.encodeCall(channels.takeEscrow, (channelId)), refusal);
    }

    function test_request_moreThanThereIs_reverts_I11() public {
        vm.prank(payer);
        channels.requestEscrow(channelId, 20e18);
        _refuse(
            payer,
            abi.encodeCall(channels.requestEscrow, (channelId, 30e18 + 1)),
            abi.encodeWithSelector(IChannels.InsufficientChannel.selector, channelId, 30e18, 30e18 + 1)
        );
        vm.prank(WORKER);
        channels.requestDeallot(channelId, 60e18);
        _refuse(
            WORKER,
            abi.encodeCall(channels.requestDeallot, (channelId, 40e18 + 1)),
            abi.encodeWithSelector(IChannels.InsufficientChannel.selector, channelId, 40e18, 40e18 + 1)
        );
    }

    function test_zeroAmounts_revert() public {
        bytes memory refusal = abi.encodeWithSelector(IChannels.ZeroValue.selector);
        _refuse(payer, abi.encodeCall(channels.deposit, (WORKER, 0)), refusal);
        _refuse(payer, abi.encodeCall(channels.requestEscrow, (channelId, 0)), refusal);
        _refuse(WORKER, abi.encodeCall(channels.allot, (channelId, 0)), refusal);
        _refuse(WORKER, abi.encodeCall(channels.requestDeallot, (channelId, 0)), refusal);
        refusal = abi.encodeWithSelector(IChannels.NothingOwed.selector, channelId, 0);
        _refuse(STRANGER, abi.encodeCall(channels.collectOwed, (channelId)), refusal);
    }

    function test_allot_unknownChannel_reverts() public {
        bytes32 unknown = channels.channelIdOf(STRANGER, WORKER);
        _refuse(
            WORKER,
            abi.encodeCall(channels.allot, (unknown, 1)),
            abi.encodeWithSelector(IChannels.UnknownChannel.selector, unknown)
        );
    }

    // ALLOTMENT

    function test_allot_locksFreeStake_I12() public {
        IStakeVault.Account memory stake = account(WORKER);
        equal(stake.locked, ALLOTMENT, "locked");
        equal(stake.free, STAKE - ALLOTMENT, "free");
        _refuse(
            WORKER,
            abi.encodeCall(channels.allot, (channelId, stake.free + 1)),
            abi.encodeWithSelector(
                IStakeVault.InsufficientStake.selector,
                WORKER,
                stake.free,
                uint256(stake.free) + 1
            )
        );
    }

    function test_takeAllotment_beforeTheDelay_reverts_S12() public {
        vm.prank(WORKER);
        channels.requestDeallot(channelId, 60e18);
        uint40 from = channelNow().allotmentFrom;
        equal(from, block.timestamp + UNBONDING, "from when it may be taken");
        equal(channels.backing(channelId), 40e18, "what new receipts may count on");

        vm.warp(from - 1);
        bytes memory take = abi.encodeCall(channels.takeAllotment, (channelId));
        _refuse(WORKER, take, abi.encodeWithSelector(IChannels.NothingToTake.selector, channelId, from));
        vm.warp(from);
        vm.prank(WORKER);
        channels.takeAllotment(channelId);
        equal(channelNow().allotment, 40e18, "what stays");
        equal(account(WORKER).locked, 40e18, "locked");
        _refuse(WORKER, take, abi.encodeWithSelector(IChannels.NothingToTake.selector, channelId, from));
    }

    function test_allotment_workerOrOperatorOnly_I50() public {
        bytes memory refusal = abi.encodeWithSelector(IChannels.NotAuthorized.selector, KEY, WORKER);
        _refuse(KEY, abi.encodeCall(channels.allot, (channelId, 1)), refusal);
        _refuse(KEY, abi.encodeCall(channels.requestDeallot, (channelId, 1)), refusal);
        _refuse(KEY, abi.encodeCall(channels.takeAllotment, (channelId)), refusal);
        vm.prank(WORKER);
        vault.setKey(KEY, 1);
        vm.prank(KEY);
        channels.allot(channelId, 1);
        equal(channelNow().allotment, ALLOTMENT + 1, "the operator allots");
    }

    function test_forfeit_notModule_reverts_I50() public {
        _refuse(
            WORKER,
            abi.encodeCall(channels.forfeit, (channelId, STRANGER)),
            abi.encodeWithSignature("NotModuleOfSource(address)", WORKER)
        );
    }

    // SESSION KEYS

    function test_sessionKeys_workerOrOperatorOnly_I54() public {
        (bytes32 x, bytes32 y) = sessionKey(7);
        _refuse(
            KEY,
            abi.encodeCall(channels.setSessionKey, (WORKER, x, y)),
            abi.encodeWithSelector(IChannels.NotAuthorized.selector, KEY, WORKER)
        );
        _refuse(
            WORKER,
            abi.encodeCall(channels.setSessionKey, (WORKER, y, x)),
            abi.encodeWithSelector(IChannels.InvalidSessionKey.selector, y, x)
        );
        _refuse(
            WORKER,
            abi.encodeCall(channels.revokeSessionKey, (WORKER, x, y)),
            abi.encodeWithSelector(IChannels.SessionKeyNotLive.selector, WORKER, x, y, 0)
        );
        vm.prank(WORKER);
        vault.setKey(KEY, 1);
        vm.prank(KEY);
        channels.setSessionKey(WORKER, x, y);
        equal(channels.sessionKeyUntil(WORKER, x, y), type(uint40).max, "live");

        vm.prank(KEY);
        channels.revokeSessionKey(WORKER, x, y);
        uint40 until = uint40(block.timestamp) + UNBONDING;
        equal(channels.sessionKeyUntil(WORKER, x, y), until, "when the revocation matures");
        _refuse(
            WORKER,
            abi.encodeCall(channels.revokeSessionKey, (WORKER, x, y)),
            abi.encodeWithSelector(IChannels.SessionKeyNotLive.selector, WORKER, x, y, until)
        );
    }

    // VOUCHERS

    function test_redeem_paysTheDifference() public {
        uint256 before = token.balanceOf(WORKER);
        equal(redeem(10e18), 10e18, "the first");
        equal(redeem(25e18), 15e18, "the second pays the difference");
        equal(token.balanceOf(WORKER) - before, 25e18, "paid directly");
        equal(channelNow().paid, 25e18, "paid so far");
        equal(channelNow().escrow, ESCROW - 25e18, "left");
    }

    function test_redeem_again_reverts_I54() public {
        redeem(10e18);
        bytes memory refusal = abi.encodeWithSelector(IChannels.NothingToRedeem.selector);
        _refuse(WORKER, redeemCall(10e18, WORKER), refusal);
        _refuse(WORKER, redeemCall(9e18, WORKER), refusal);
        (Voucher[] memory vouchers, bytes[] memory signatures) = _vouchers(2, 20e18);
        vm.prank(WORKER);
        equal(channels.redeem(vouchers, signatures, WORKER), 10e18, "the same twice in one call pays once");
    }

    function test_redeem_moreThanEscrow_paysTheRestLater() public {
        equal(redeem(ESCROW + 5e18), ESCROW, "what is there");
        vm.prank(payer);
        channels.deposit(WORKER, 3e18);
        equal(redeem(ESCROW + 5e18), 3e18, "what came later");
        equal(channelNow().paid, ESCROW + 3e18, "paid so far");
    }

    function test_redeem_otherSignerAmountOrChannel_reverts_I54() public {
        Voucher[] memory vouchers = new Voucher[](1);
        bytes[] memory signatures = new bytes[](1);
        vouchers[0] = voucher(channelId, 10e18);
        signatures[0] = signVoucher(1, vouchers[0]);
        bytes memory refusal = abi.encodeWithSelector(IChannels.InvalidVoucher.selector, channelId, payer);
        _refuse(WORKER, abi.encodeCall(channels.redeem, (vouchers, signatures, WORKER)), refusal);

        signatures[0] = signVoucher(0, vouchers[0]);
        vouchers[0].total = 11e18;
        _refuse(WORKER, abi.encodeCall(channels.redeem, (vouchers, signatures, WORKER)), refusal);

        // The same payer's channel with another worker.
        vm.prank(payer);
        bytes32 other = channels.deposit(FRIEND, ESCROW);
        vouchers[0] = voucher(other, 10e18);
        refusal = abi.encodeWithSelector(IChannels.InvalidVoucher.selector, other, payer);
        _refuse(FRIEND, abi.encodeCall(channels.redeem, (vouchers, signatures, FRIEND)), refusal);
    }

    function test_redeem_otherChainOrContract_reverts_I54() public {
        Channels other = new Channels(vault, registry, parameters, address(0), address(0));
        Voucher memory promised = voucher(channelId, 10e18);
        require(
            other.voucherHash(promised) != channels.voucherHash(promised),
            "another contract, another hash"
        );
        bytes memory data = redeemCall(10e18, WORKER);
        vm.chainId(5);
        // A fork of the chain has the same channels, under another chain id.
        _refuse(WORKER, data, abi.encodeWithSelector(IChannels.InvalidVoucher.selector, channelId, payer));
    }

    function test_redeem_operatorPaysTheWorkerOnly_I50() public {
        vm.prank(WORKER);
        vault.setKey(KEY, 1);
        bytes memory refusal = abi.encodeWithSelector(IChannels.NotAuthorized.selector, KEY, WORKER);
        _refuse(KEY, redeemCall(10e18, KEY), refusal);
        bytes memory data = redeemCall(10e18, WORKER);
        vm.prank(KEY);
        (bool success, ) = address(channels).call(data);
        require(success, "the operator redeems for the worker");
        data = redeemCall(12e18, STRANGER);
        vm.prank(WORKER);
        (success, ) = address(channels).call(data);
        require(success && token.balanceOf(STRANGER) == WEALTH + 2e18, "the worker names anybody");
    }

    function test_redeem_mixedWorkersOrLengths_reverts() public {
        vm.prank(payer);
        bytes32 other = channels.deposit(FRIEND, ESCROW);
        Voucher[] memory vouchers = new Voucher[](2);
        bytes[] memory signatures = new bytes[](2);
        (vouchers[0], vouchers[1]) = (voucher(channelId, 1e18), voucher(other, 1e18));
        (signatures[0], signatures[1]) = (signVoucher(0, vouchers[0]), signVoucher(0, vouchers[1]));
        _refuse(
            WORKER,
            abi.encodeCall(channels.redeem, (vouchers, signatures, WORKER)),
            abi.encodeWithSelector(IChannels.NotAuthorized.selector, WORKER, FRIEND)
        );
        _refuse(
            WORKER,
            abi.encodeCall(channels.redeem, (vouchers, new bytes[](1), WORKER)),
            abi.encodeWithSelector(IChannels.LengthMismatch.selector, 2, 1)
        );
        _refuse(
            WORKER,
            abi.encodeCall(channels.redeem, (new Voucher[](0), new bytes[](0), WORKER)),
            abi.encodeWithSelector(IChannels.NothingToRedeem.selector)
        );
    }

    function test_redeem_contractPayer_EIP1271() public {
        ContractPayer contractPayer = new ContractPayer();
        token.mint(address(contractPayer), 10e18);
        contractPayer.pay(address(token), abi.encodeCall(token.approve, (address(vault), 10e18)));
        contractPayer.pay(address(channels), abi.encodeCall(channels.deposit, (WORKER, 10e18)));
        Voucher[] memory vouchers = new Voucher[](1);
        vouchers[0] = voucher(channels.channelIdOf(address(contractPayer), WORKER), 4e18);
        bytes memory data = abi.encodeCall(channels.redeem, (vouchers, new bytes[](1), WORKER));
        _refuse(
            WORKER,
            data,
            abi.encodeWithSelector(
                IChannels.InvalidVoucher.selector,
                vouchers[0].channelId,
                address(contractPayer)
            )
        );
        contractPayer.accept(channels.voucherHash(vouchers[0]));
        vm.prank(WORKER);
        (bool success, ) = address(channels).call(data);
        require(success && channels.getChannel(vouchers[0].channelId).paid == 4e18, "the contract pays");
    }

    function test_redeem_many_costsTheSameForEach_I40() public {
        uint256 ten = _redeemGas(0, 10);
        uint256 thirty = _redeemGas(100, 30);
        uint256 each = (thirty - ten) / 20;
        require(each < 30_000, string.concat("a voucher costs ", text(each)));
        require(ten / 10 < each + 12_000, string.concat("the call costs ", text(ten)));
    }

    // MONEY

    /// @notice Deposits, allotments, vouchers, slashes and returns in any amounts: the vault holds what the ledger says.
    function testFuzz_channels_conserveMoney_I01_I02_I03(
        uint96 escrow,
        uint96 allotment,
        uint96 liability,
        uint96 promised,
        uint96 leaving
    ) public {
        escrow = uint96(1 + (escrow % 1e22));
        allotment = uint96(1 + (allotment % (STAKE - ALLOTMENT)));
        bytes32 id = openChannel(1, escrow, allotment);
        address[] memory people = _people();
        checkSolvency(people);

        Voucher[] memory vouchers = new Voucher[](1);
        bytes[] memory signatures = new bytes[](1);
        vouchers[0] = voucher(id, uint96(1 + (promised % 1e22)));
        signatures[0] = signVoucher(1, vouchers[0]);
        vm.prank(WORKER);
        channels.redeem(vouchers, signatures, WORKER);
        vm.prank(WORKER);
        channels.requestDeallot(id, uint96(1 + (leaving % allotment)));
        checkSolvency(people);

        Receipt memory wrong = receiptOn(id, 1, true);
        wrong.liability = liability % 2e22;
        slashSilent(wrong, CHALLENGER);
        checkSolvency(people);
        bytes32 commitId = commitmentOf(wrong);
        vm.warp(block.timestamp + UNBONDING);
        channels.settle(commitId);
        Channel memory left = channels.getChannel(id);
        uint256 lost = wrong.liability < allotment ? wrong.liability : allotment;
        equal(left.allotment, allotment - lost, "S-12: the liability left this channel");
        equal(channelNow().allotment, ALLOTMENT, "S-12: no other channel paid");
        equal(left.reserved, 0, "nothing is reserved");
        require(left.allotmentLeaving <= left.allotment, "no more leaves than there is");
        if (left.allotmentLeaving > 0) {
            vm.prank(WORKER);
            channels.takeAllotment(id);
        }
        equal(
            account(WORKER).locked,
            uint256(ALLOTMENT) + channels.getChannel(id).allotment,
            "I-02: what is locked is allotted"
        );
        checkSolvency(people);
    }

    // INTERNAL

    function _refuse(address caller, bytes memory data, bytes memory refusal) internal {
        refuse(caller, address(channels), data, refusal);
    }

    function _people() internal pure returns (address[] memory people) {
        people = new address[](8);
        (people[0], people[1], people[2], people[3]) = (PUBLISHER, REQUESTER, WORKER, CHALLENGER);
        (people[4], people[5], people[6], people[7]) = (FRIEND, KEEPER, payerOf(0), payerOf(1));
    }

    function _vouchers(
        uint256 count,
        uint96 total
    ) internal view returns (Voucher[] memory vouchers, bytes[] memory signatures) {
        vouchers = new Voucher[](count);
        signatures = new bytes[](count);
        for (uint256 i = 0; i < count; ++i) {
            vouchers[i] = voucher(channelId, total);
            signatures[i] = signVoucher(0, vouchers[i]);
        }
    }

    /// @dev Gas of one call that redeems vouchers of `count` payers that were paid before.
    function _redeemGas(uint256 first, uint256 count) internal returns (uint256 used) {
        Voucher[] memory vouchers = new Voucher[](count);
        bytes[] memory signatures = new bytes[](count);
        for (uint96 total = 1e18; total <= 2e18; total += 1e18) {
            for (uint256 i = 0; i < count; ++i) {
                bytes32 id = channels.channelIdOf(payerOf(1 + first + i), WORKER);
                if (total == 1e18) openChannel(1 + first + i, ESCROW, 0);
                vouchers[i] = voucher(id, total);
                signatures[i] = signVoucher(1 + first + i, vouchers[i]);
            }
            vm.prank(WORKER);
            used = gasleft();
            channels.redeem(vouchers, signatures, WORKER);
            used -= gasleft();
        }
    }
}
