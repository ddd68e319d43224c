// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {StakeVault} from "../../contracts/StakeVault.sol";
import {IStakeVault} from "../../contracts/interfaces/IStakeVault.sol";
import {AssayToken} from "../../contracts/mocks/AssayToken.sol";
import {WrappedEther} from "../../contracts/mocks/WrappedEther.sol";
import {Permit} from "../../contracts/types/Market.sol";
import {VaultTest} from "./support/VaultTest.sol";
import {GreedyToken, TaxedToken} from "./support/tokens.sol";
import {vm} from "./support/Vm.sol";

/// @notice What owners do with their stake.
contract StakeVaultTest is VaultTest {
    // stake

    function test_stake_zero_reverts() public {
        vm.expectRevert(IStakeVault.ZeroAmount.selector);
        vault.stake(WORKER, 0);
    }

    function testFuzz_stake_byAnyone_addsOnly_I14(uint96 first, uint96 second, uint96 rest) public {
        first = uint96(1 + (first % 1e23));
        second = uint96(1 + (second % 1e23));
        rest = uint96(1 + (rest % 1e23));
        stakeWorker(first + rest);
        vm.prank(WORKER);
        vault.requestUnbond(first);
        vm.prank(WORKER);
        vault.setKey(KEY, 3);
        IStakeVault.Tranche[] memory before = vault.tranches(WORKER);
        vm.warp(START + 17);
        vm.prank(STRANGER);
        vault.stake(WORKER, second);
        IStakeVault.Account memory a = account(WORKER);
        equal(a.free, uint256(rest) + second, "free");
        equal(a.unbonding, first, "unbonding");
        equal(vault.tranches(WORKER).length, 1, "tranches");
        equal(vault.tranches(WORKER)[0].availableAt, before[0].availableAt, "timer");
        require(vault.hasRole(WORKER, KEY, 1), "key");
        sumsUp();
    }

    function test_stake_taxedToken_reverts_I01() public {
        TaxedToken taxed = new TaxedToken();
        StakeVault made = freshVault(IERC20(address(taxed)));
        taxed.mint(STRANGER, 100);
        vm.startPrank(STRANGER);
        taxed.approve(address(made), 100);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.UnexpectedTransferAmount.selector, 99, 100));
        made.stake(WORKER, 100);
        vm.stopPrank();
    }

    function test_stake_beyondField_reverts_I07() public {
        token.mint(STRANGER, type(uint128).max);
        vm.startPrank(STRANGER);
        vault.stake(WORKER, type(uint96).max);
        vm.expectRevert(
            abi.encodeWithSelector(
                SafeCast.SafeCastOverflowedUintDowncast.selector,
                96,
                uint256(type(uint96).max) + 1
            )
        );
        vault.stake(REQUESTER, 1);
        vm.stopPrank();
    }

    // permit

    uint256 internal constant SECRET = 0xA11CE;

    /// @notice A permit of `SECRET`'s account, which owns tokens, for `spender`.
    function permitFor(
        AssayToken asset,
        address spender,
        uint256 value
    ) internal returns (Permit memory made) {
        address owner = vm.addr(SECRET);
        asset.mint(owner, value);
        bytes32 kind = keccak256(
            "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
        );
        uint256 deadline = START + 1000;
        bytes32 content = keccak256(abi.encode(kind, owner, spender, value, asset.nonces(owner), deadline));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", asset.DOMAIN_SEPARATOR(), content));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(SECRET, digest);
        return Permit({value: value, deadline: deadline, v: v, r: r, s: s});
    }

    function test_stakeWithPermit_oneTransaction_succeeds() public {
        Permit memory given = permitFor(token, address(vault), 100);
        vm.prank(vm.addr(SECRET));
        vault.stakeWithPermit(WORKER, 100, given);
        equal(account(WORKER).free, 100, "staked");
        equal(token.balanceOf(vm.addr(SECRET)), 0, "paid");
    }

    function test_stakeWithPermit_shownBefore_succeeds_A26() public {
        Permit memory given = permitFor(token, address(vault), 100);
        address owner = vm.addr(SECRET);
        vm.prank(STRANGER);
        vault.permit(owner, given.value, given.deadline, given.v, given.r, given.s);
        equal(token.allowance(owner, address(vault)), 100, "the front-runner did the work");
        vm.prank(owner);
        vault.stakeWithPermit(owner, 100, given);
        equal(account(owner).free, 100, "staked all the same");
    }

    function test_permit_forged_changesNothing_I54() public {
        Permit memory given = permitFor(token, address(vault), 100);
        address owner = vm.addr(SECRET);
        vault.permit(owner, given.value + 1, given.deadline, given.v, given.r, given.s);
        equal(token.allowance(owner, address(vault)), 0, "no allowance");
        // Signed for another vault.
        given = permitFor(token, address(freshVault(IERC20(address(token)))), 100);
        vault.permit(owner, given.value, given.deadline, given.v, given.r, given.s);
        equal(token.allowance(owner, address(vault)), 0, "no allowance for this one");
        vm.prank(owner);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(vault), 0, 100)
        );
        vault.stakeWithPermit(owner, 100, given);
    }

    function test_permit_tokenWithout_changesNothing() public {
        TaxedToken plain = new TaxedToken();
        StakeVault made = freshVault(IERC20(address(plain)));
        made.permit(WORKER, 1, START, 27, 0, 0);
        equal(plain.allowance(WORKER, address(made)), 0, "allowance");
    }

    // ether

    function test_stakeEther_wrapped_succeeds() public {
        WrappedEther ether_ = new WrappedEther();
        StakeVault made = freshVault(IERC20(address(ether_)));
        vm.deal(STRANGER, 5);
        vm.prank(STRANGER);
        made.stakeEther{value: 5}(WORKER);
        equal(made.account(WORKER).free, 5, "staked");
        equal(ether_.balanceOf(address(made)), 5, "wrapped");
        vm.prank(STRANGER);
        vm.expectRevert(IStakeVault.ZeroAmount.selector);
        made.stakeEther(WORKER);

        // It leaves as the token, which its owner may unwrap.
        vm.startPrank(WORKER);
        made.requestUnbond(5);
        vm.warp(START + UNBONDING);
        made.withdraw();
        uint256 before = WORKER.balance;
        ether_.withdraw(5);
        vm.stopPrank();
        equal(WORKER.balance - before, 5, "unwrapped");
    }

    function test_stakeEther_otherToken_reverts() public {
        vm.deal(STRANGER, 5);
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.EtherNotAccepted.selector, token));
        vault.stakeEther{value: 5}(WORKER);
        equal(STRANGER.balance, 5, "kept");
    }

    function test_stakeEther_tokenThatKeepsIt_reverts_I01() public {
        GreedyToken greedy = new GreedyToken();
        StakeVault made = freshVault(IERC20(address(greedy)));
        vm.deal(STRANGER, 5);
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.UnexpectedTransferAmount.selector, 0, 5));
        made.stakeEther{value: 5}(WORKER);
    }

    // requestUnbond and withdraw

    function test_requestUnbond_zero_reverts() public {
        vm.expectRevert(IStakeVault.ZeroAmount.selector);
        vault.requestUnbond(0);
    }

    function testFuzz_requestUnbond_lockedStake_reverts_I11(uint96 staked, uint96 locked) public {
        staked = uint96(1 + (staked % 1e23));
        locked = uint96(1 + (locked % staked));
        stakeWorker(staked);
        vm.prank(MODULE);
        vault.lock(WORKER, locked);
        uint96 free = staked - locked;
        vm.prank(WORKER);
        vm.expectRevert(
            abi.encodeWithSelector(IStakeVault.InsufficientStake.selector, WORKER, free, free + 1)
        );
        vault.requestUnbond(free + 1);
    }

    function test_requestUnbond_seventeenth_reverts_I41() public {
        stakeWorker(17);
        vm.startPrank(WORKER);
        for (uint256 i = 0; i < 16; ++i) vault.requestUnbond(1);
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.TooManyTranches.selector, 16));
        vault.requestUnbond(1);
        vm.warp(START + UNBONDING);
        equal(vault.withdraw(), 16, "withdrawn");
        vault.requestUnbond(1);
        vm.stopPrank();
        equal(vault.tranches(WORKER).length, 1, "tranches");
    }

    function test_withdraw_aroundMaturity_succeeds_I11() public {
        stakeWorker(100);
        vm.startPrank(WORKER);
        vault.requestUnbond(60);
        vm.warp(START + 10);
        vault.requestUnbond(40);
        bytes memory early = abi.encodeWithSelector(
            IStakeVault.NothingToWithdraw.selector,
            START + UNBONDING
        );
        vm.warp(START + UNBONDING - 1);
        vm.expectRevert(early);
        vault.withdraw();
        vm.warp(START + UNBONDING);
        equal(vault.withdraw(), 60, "first");
        equal(vault.tranches(WORKER)[0].amount, 40, "rest");
        vm.expectRevert(
            abi.encodeWithSelector(IStakeVault.NothingToWithdraw.selector, START + UNBONDING + 10)
        );
        vault.withdraw();
        vm.warp(START + UNBONDING + 11);
        equal(vault.withdraw(), 40, "second");
        vm.expectRevert(abi.encodeWithSelector(IStakeVault.NothingToWithdraw.selector, 0));
        vault.withdraw();
        vm.stopPrank();
        equal(token.balanceOf(WORKER), WEALTH - STAKE, "all back but what the other vault holds");
        sumsUp();
    }

    // keys

    function testFuzz_hasRole_anyBit_succeeds(uint8 roles, uint8 asked) public {
        vm.prank(WORKER);
        vault.setKey(KEY, roles);
        require(vault.hasRole(WORKER, KEY, asked) == (roles & asked != 0), "bits");
        require(vault.hasRole(WORKER, WORKER, asked), "owner");
        require(!vault.hasRole(KEY, WORKER, asked), "not the reverse");
        vm.prank(WORKER);
        vault.setKey(KEY, 0);
        require(!vault.hasRole(WORKER, KEY, asked), "revoked");
    }
}
